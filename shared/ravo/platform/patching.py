"""Changes that name only some fields: what they set, and the whole after them."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from ravo.platform.errors import Detail, Invalid
from ravo.platform.schemas import Input


def sent(change: Input, *, nullable: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the fields that a change sets. A null counts only where it is allowed; elsewhere it is as if left out."""
    values = {name: getattr(change, name) for name in change.model_fields_set - {"version"}}
    return {name: value for name, value in values.items() if value is not None or name in nullable}


def merged[T: Input](kind: type[T], stored: Mapping[str, Any], values: Mapping[str, Any]) -> T:
    """Return the whole after a change. Refuses with `Invalid` what would not have been accepted as new."""
    try:
        return kind.model_validate({**stored, **values})
    except ValidationError as error:
        details = [
            Detail(".".join(map(str, problem["loc"])) or "body", problem["msg"].removeprefix("Value error, "))
            for problem in error.errors()
        ]
        raise Invalid(details=details) from error
