"""The resources that the templates declare, as the laptop's cloud knows them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.account import ACCOUNT, REGION
from local.iam import Grant
from local.rights import Rights


@dataclass(frozen=True)
class Layer:
    """A layer of functions; one that is `built` becomes Python packages, any other is put below /opt as it is."""

    name: str
    folder: Path
    built: bool


@dataclass(frozen=True)
class Function:
    """A Lambda function.

    `module` is its path below functions/, like `catalog/store/list_products`; `code` is the folder that is uploaded.
    """

    name: str
    module: str
    code: Path
    handler: str
    environment: dict[str, str]
    memory: int
    timeout: int
    layers: tuple[Layer, ...]
    grants: tuple[Grant, ...] = ()

    @property
    def rights(self) -> Rights:
        """What the function may do."""
        places = {name: at for name, at in self.environment.items() if name.endswith(("_SECRET_ARN", "_PARAMETER"))}
        return Rights(self.grants, places)

    @property
    def arn(self) -> str:
        """The ARN by which the function would be invoked."""
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.name}"


@dataclass(frozen=True)
class Route:
    """A route of API Gateway to a function."""

    method: str
    path: str
    function: str


@dataclass(frozen=True)
class Queue:
    """An SQS queue; `dead_letters` names where a message goes after the maximum number of receives."""

    name: str
    visibility: int
    dead_letters: str | None
    tries: int | None


@dataclass(frozen=True)
class Mapping:
    """An event source mapping: a function is called with batches of messages from a queue."""

    queue: str
    function: str
    batch: int
    at_once: int
    partial: bool


@dataclass(frozen=True)
class Rule:
    """A rule: events on a bus that match a pattern go to a queue."""

    name: str
    bus: str
    pattern: dict[str, Any]
    targets: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Schedule:
    """A schedule of a function."""

    name: str
    function: str
    expression: str
    input: str


@dataclass(frozen=True)
class Bucket:
    """An S3 bucket; with `events` it reports its changes to the default bus. `cors` are its rules for browsers."""

    name: str
    events: bool
    cors: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Cors:
    """The CORS rules: which browsers may call, and how."""

    origins: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    credentials: bool = False
    max_age: int = 0


@dataclass
class Cloud:
    """Everything that the templates declare."""

    functions: dict[str, Function] = field(default_factory=dict[str, Function])
    routes: list[Route] = field(default_factory=list[Route])
    queues: list[Queue] = field(default_factory=list[Queue])
    mappings: list[Mapping] = field(default_factory=list[Mapping])
    rules: list[Rule] = field(default_factory=list[Rule])
    schedules: list[Schedule] = field(default_factory=list[Schedule])
    buckets: list[Bucket] = field(default_factory=list[Bucket])
    tables: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    buses: list[str] = field(default_factory=list[str])
    secrets: list[str] = field(default_factory=list[str])
    parameters: dict[str, str] = field(default_factory=dict[str, str])
    cors: Cors = field(default_factory=Cors)

    @property
    def rights(self) -> dict[str, Rights]:
        """What each function may do."""
        return {name: function.rights for name, function in self.functions.items()}
