"""A change put together with what is there, and checked as a whole."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from ravo.platform.errors import Detail, Invalid
from ravo.platform.schemas import Input


def sent(change: Input, *, nullable: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return what a change sends; null means something only where it may, elsewhere it is as if left out."""
    values = {name: getattr(change, name) for name in change.model_fields_set - {"version"}}
    return {name: value for name, value in values.items() if value is not None or name in nullable}


def merged[T: Input](kind: type[T], stored: Mapping[str, Any], values: Mapping[str, Any]) -> T:
    """Return something as it shall be. Refuses with `Invalid` what would not have been taken in so at first."""
    try:
        return kind.model_validate({**stored, **values})
    except ValidationError as error:
        details = [
            Detail(".".join(map(str, problem["loc"])) or "body", problem["msg"].removeprefix("Value error, "))
            for problem in error.errors()
        ]
        raise Invalid(details=details) from error
