"""The templates as the laptop cloud needs them: the only list of functions, routes, queues and schedules that there is."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.intrinsics import ACCOUNT, REGION, Scope, load_template


@dataclass(frozen=True)
class Function:
    """A Lambda function. `module` is its path below functions/, like `catalog/store/list_products`."""

    name: str
    module: str
    environment: dict[str, str]
    memory: int
    timeout: int
    layers: tuple[str, ...]

    @property
    def arn(self) -> str:
        """What the function would be called by."""
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.name}"


@dataclass(frozen=True)
class Route:
    """A request that API Gateway hands to a function."""

    method: str
    path: str
    function: str


@dataclass(frozen=True)
class Queue:
    """An SQS queue; `dead_letters` names where a message goes after so many receives."""

    name: str
    visibility: int
    dead_letters: str | None
    tries: int | None


@dataclass(frozen=True)
class Mapping:
    """An event source mapping: a function is called with batches of a queue's messages."""

    queue: str
    function: str
    batch: int
    at_once: int
    partial: bool


@dataclass(frozen=True)
class Rule:
    """Events on a bus that match a pattern go to a queue."""

    name: str
    bus: str
    pattern: dict[str, Any]
    targets: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Schedule:
    """A function is called by the clock."""

    name: str
    function: str
    expression: str
    input: str


@dataclass(frozen=True)
class Bucket:
    """An S3 bucket; with `events` it tells the default bus what happens in it."""

    name: str
    events: bool


@dataclass(frozen=True)
class Cors:
    """Which browsers may call, and how."""

    origins: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    credentials: bool = False
    max_age: int = 0


@dataclass
class Cloud:
    """All that the templates ask for."""

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


class TemplateError(Exception):
    """The templates contradict themselves; the message says where."""


def read_cloud(root: Path) -> Cloud:
    """Read the root template and the domains' below it. Raises `TemplateError`."""
    template = load_template(root / "template.yaml")
    scope = Scope(template, _parameters(template, {}), _ref, _attribute)
    cloud = Cloud()
    _read_resources(cloud, scope, "")
    for name, properties in scope.resources("AWS::Serverless::Application"):
        location = Path(properties["Location"])
        nested = load_template(root / location)
        given = scope.resolve(properties.get("Parameters", {}))
        unknown = set(given) - set(nested.get("Parameters", {}))
        if unknown:
            raise TemplateError(f"{name} is given parameters that it does not have: {', '.join(sorted(unknown))}")
        inner = Scope(nested, _parameters(nested, given), _ref, _attribute)
        _read_resources(cloud, inner, location.parent.name)
    return cloud


def _parameters(template: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, declared in template.get("Parameters", {}).items():
        if name in given:
            value = given[name]
        elif "Default" in declared:
            value = declared["Default"]
        else:
            raise TemplateError(f"parameter {name} has neither a value nor a default")
        is_list = declared["Type"] == "CommaDelimitedList"
        values[name] = str(value).split(",") if is_list and not isinstance(value, list) else value
    return values


def _read_resources(cloud: Cloud, scope: Scope, domain: str) -> None:
    for name, properties in scope.resources("AWS::Serverless::Function"):
        _read_function(cloud, scope, domain, name, properties)
    for name, properties in scope.resources("AWS::Serverless::HttpApi"):
        _read_cors(cloud, name, scope.resolve(properties).get("CorsConfiguration", {}))
    _read_messaging(cloud, scope)
    _read_storage(cloud, scope)


def _read_messaging(cloud: Cloud, scope: Scope) -> None:
    for name, properties in scope.resources("AWS::SQS::Queue"):
        cloud.queues.append(_queue(name, scope.resolve(properties)))
    for name, properties in scope.resources("AWS::Events::Rule"):
        rule = scope.resolve(properties)
        targets = tuple(rule["Targets"])
        cloud.rules.append(Rule(name, rule.get("EventBusName", "default"), rule["EventPattern"], targets))
    for _, properties in scope.resources("AWS::Events::EventBus"):
        cloud.buses.append(scope.resolve(properties)["Name"])


def _read_storage(cloud: Cloud, scope: Scope) -> None:
    for name, properties in scope.resources("AWS::S3::Bucket"):
        notification = scope.resolve(properties).get("NotificationConfiguration", {})
        cloud.buckets.append(Bucket(scope.name(name), "EventBridgeConfiguration" in notification))
    for name, properties in scope.resources("AWS::DynamoDB::Table"):
        cloud.tables.append({"TableName": name} | scope.resolve(properties))
    cloud.secrets += [name for name, _ in scope.resources("AWS::SecretsManager::Secret")]
    for _, properties in scope.resources("AWS::SSM::Parameter"):
        parameter = scope.resolve(properties)
        cloud.parameters[parameter["Name"]] = parameter["Value"]


def _read_function(cloud: Cloud, scope: Scope, domain: str, name: str, properties: dict[str, Any]) -> None:
    if name in cloud.functions:
        raise TemplateError(f"two functions are called {name}")
    shared = scope.template.get("Globals", {}).get("Function", {})
    variables = shared.get("Environment", {}).get("Variables", {}) | properties.get("Environment", {}).get(
        "Variables", {}
    )
    merged = shared | properties
    cloud.functions[name] = Function(
        name=name,
        module=f"{domain}/{merged['Handler'].removesuffix('.handler')}",
        environment={key: str(value) for key, value in scope.resolve(variables).items()},
        memory=int(merged.get("MemorySize", 128)),
        timeout=int(merged.get("Timeout", 3)),
        layers=tuple(
            str(layer["Ref"]) for layer in [*shared.get("Layers", []), *properties.get("Layers", [])] if "Ref" in layer
        ),
    )
    for event_name, event in properties.get("Events", {}).items():
        _read_event(cloud, scope, name, f"{name}{event_name}", event["Type"], event["Properties"])


def _read_event(cloud: Cloud, scope: Scope, function: str, name: str, kind: str, properties: dict[str, Any]) -> None:
    match kind:
        case "HttpApi":
            cloud.routes.append(Route(properties["Method"].upper(), properties["Path"], function))
        case "SQS":
            source = scope.resolve(properties)
            cloud.mappings.append(
                Mapping(
                    queue=source["Queue"].rpartition(":")[2],
                    function=function,
                    batch=source.get("BatchSize", 10),
                    at_once=source.get("ScalingConfig", {}).get("MaximumConcurrency", 10),
                    partial="ReportBatchItemFailures" in source.get("FunctionResponseTypes", []),
                )
            )
        case "ScheduleV2" | "Schedule":
            expression = properties.get("ScheduleExpression") or properties["Schedule"]
            cloud.schedules.append(Schedule(name, function, expression, properties.get("Input", "{}")))
        case _:
            raise TemplateError(f"{function}: the laptop cloud knows no event of type {kind}")


def _queue(name: str, properties: dict[str, Any]) -> Queue:
    redrive = properties.get("RedrivePolicy", {})
    return Queue(
        name=name,
        visibility=properties.get("VisibilityTimeout", 30),
        dead_letters=redrive["deadLetterTargetArn"].rpartition(":")[2] if redrive else None,
        tries=redrive.get("maxReceiveCount"),
    )


def _read_cors(cloud: Cloud, name: str, said: dict[str, Any]) -> None:
    cors = Cors(
        origins=tuple(said.get("AllowOrigins", ())),
        methods=tuple(said.get("AllowMethods", ())),
        headers=tuple(said.get("AllowHeaders", ())),
        exposed=tuple(said.get("ExposeHeaders", ())),
        credentials=bool(said.get("AllowCredentials")),
        max_age=said.get("MaxAge", 0),
    )
    if cloud.cors not in (Cors(), cors):
        raise TemplateError(f"{name} answers browsers otherwise than the APIs before it; one front door has one way")
    cloud.cors = cors


def _ref(scope: Scope, name: str, resource: dict[str, Any]) -> Any:
    match resource["Type"]:
        case "AWS::Events::EventBus" | "AWS::SSM::Parameter":
            return scope.resolve(resource["Properties"]["Name"])
        case "AWS::S3::Bucket":
            return f"ravo-local-{name.lower()}"
        case "AWS::SecretsManager::Secret":
            return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}"
        case _:
            return name


def _attribute(scope: Scope, name: str, attribute: str, resource: dict[str, Any]) -> str:
    match resource["Type"], attribute:
        case "AWS::SQS::Queue", "Arn":
            return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        case "AWS::SQS::Queue", "QueueName":
            return name
        case "AWS::Events::EventBus", "Arn":
            return f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{_ref(scope, name, resource)}"
        case _:
            return f"{name}.{attribute}"
