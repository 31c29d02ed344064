"""The lists `functions/grants.yaml` and `functions/<domain>/functions.yaml`: facts that only AWS needs."""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from local.writing.code import Source
from local.writing.yaml_text import load


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Turn(_Entry):
    """When a schedule calls its function, with an optional event."""

    at: str
    input: dict[str, Any]


class Line(_Entry):
    """The list's entry for one function. `at_once` is how many batches of a queue run at the same time."""

    description: str = ""
    database: bool = True
    grants: tuple[str, ...] = ()
    memory: int | None = None
    timeout: int | None = None
    at_once: int = 2
    batch: int = 10
    schedules: dict[str, str | Turn] = {}
    layers: tuple[str, ...] = ()
    variables: dict[str, Any] = {}


class Grant(_Entry):
    """What a function may do, in IAM's words.

    `where_given` names the parameter without which the grant has no resource.
    """

    description: str
    where_given: str = ""
    statements: list[dict[str, Any]]


class Layer(_Entry):
    """A folder that some functions find below /opt, unchanged or, if it is `built`, as Python packages."""

    description: str
    folder: str
    built: bool = False


class Domain(_Entry):
    """A domain's list.

    Each of its `surfaces` is a stack of its own; `root` names the root template above the domain.
    """

    description: str
    root: Literal["base", "more", "web"] = "base"
    surfaces: tuple[str, ...] = ()
    grants: dict[str, Grant] = {}
    layers: dict[str, Layer] = {}
    functions: dict[str, Line] = {}
    resources: dict[str, dict[str, Any]] = {}
    outputs: dict[str, Any] = {}

    def line(self, source: Source) -> Line:
        """Return the entry of a function; for most it is empty."""
        return self.functions.get(source.name) or Line()

    def grants_of(self, source: Source) -> tuple[str, ...]:
        """Return the names of a function's grants: those that its kind needs, and those that are listed."""
        line = self.line(source)
        keeps_answers = source.is_endpoint and source.method != "GET" and source.surface != "webhooks"
        usual = {"VerifyTokens": source.is_endpoint, "DatabaseAccess": line.database, "KeepIdempotency": keeps_answers}
        return (*(name for name, needed in usual.items() if needed), *sorted(line.grants))


def read_domain(folder: Path) -> Domain:
    """Read a domain's list."""
    return Domain.model_validate(load(folder / "functions.yaml"))


def read_grants(path: Path) -> dict[str, Grant]:
    """Read the grants that domains share."""
    return TypeAdapter(dict[str, Grant]).validate_python(load(path))
