"""The lists `functions/grants.yaml` and `functions/<domain>/functions.yaml`: what only AWS wants to know."""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from local.writing.code import Source
from local.writing.yaml_text import load


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Turn(_Entry):
    """When a schedule calls its function, with something to say."""

    at: str
    input: dict[str, Any]


class Line(_Entry):
    """What is listed of one function. `at_once` is how many batches of a queue run at the same time."""

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
    """What a function may do, in IAM's words; `where_given` names the parameter without which there is nothing to do it
    to.
    """

    description: str
    where_given: str = ""
    statements: list[dict[str, Any]]


class Layer(_Entry):
    """A folder that some functions find below /opt, as it is or, when `built`, as Python packages."""

    description: str
    folder: str
    built: bool = False


class Domain(_Entry):
    """A domain's list.

    Each of its `surfaces` is a stack of its own; `root` names the root template that the domain is below.
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
        """Return what is listed of a function; nothing, for most."""
        return self.functions.get(source.name) or Line()

    def grants_of(self, source: Source) -> tuple[str, ...]:
        """Return the names of what a function may do: what its kind needs, and what is listed."""
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
