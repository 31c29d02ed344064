"""The templates as the laptop cloud needs them: the only list of functions, routes, queues and schedules."""

from pathlib import Path
from typing import Any

from local.account import ACCOUNT, REGION
from local.cloud import Bucket, Cloud, Cors, Function, Layer, Mapping, Queue, Route, Rule, Schedule
from local.grants import grants_of
from local.intrinsics import Scope, load_template

# The root templates, in the order in which they are deployed.
ROOTS = ("template.yaml", "stacks/more.yaml", "stacks/web.yaml")
# The prefix of an output that is a parameter of the roots above. With the bare name of the parameter `sam build` would
# mix them up.
SHARED = "Shared"


class TemplateError(Exception):
    """The templates contradict themselves; the message says in which place."""


def read_cloud(root: Path, parameters: dict[str, str] | None = None) -> Cloud:
    """Read the root templates in turn, with the parameters of a shop, and the domains' templates below them.

    Raises `TemplateError`.
    """
    cloud = Cloud()
    given: dict[str, Any] = dict(parameters or {})
    for path in (root / name for name in ROOTS):
        if path.exists():
            # The outputs of one are given to those above it, as the release does.
            given |= _read_root(cloud, path, given)
    return cloud


def _read_root(cloud: Cloud, path: Path, parameters: dict[str, Any]) -> dict[str, Any]:
    template = load_template(path)
    scope = Scope(template, _parameters(template, parameters), _ref, _attribute)
    _read_resources(cloud, scope, path.parent)
    for name, properties in scope.resources("AWS::Serverless::Application"):
        location = path.parent / properties["Location"]
        nested = load_template(location)
        given = scope.resolve(properties.get("Parameters", {}))
        unknown = set(given) - set(nested.get("Parameters", {}))
        if unknown:
            raise TemplateError(f"{name} is given parameters that it does not have: {', '.join(sorted(unknown))}")
        inner = Scope(nested, _parameters(nested, given), _ref, _attribute)
        _read_resources(cloud, inner, location.parent)
    outputs = {name: output["Value"] for name, output in template.get("Outputs", {}).items() if name.startswith(SHARED)}
    return {name.removeprefix(SHARED): scope.resolve(value) for name, value in outputs.items()}


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


def _read_resources(cloud: Cloud, scope: Scope, folder: Path) -> None:
    layers = {name: _layer(folder, name, resource) for name, resource in scope.template["Resources"].items()}
    for name, properties in scope.resources("AWS::Serverless::Function"):
        _read_function(cloud, scope, folder, layers, name, properties)
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
        cloud.rules.append(
            Rule(rule.get("Name", name), rule.get("EventBusName", "default"), rule["EventPattern"], targets)
        )
    for _, properties in scope.resources("AWS::Events::EventBus"):
        cloud.buses.append(scope.resolve(properties)["Name"])


def _read_storage(cloud: Cloud, scope: Scope) -> None:
    for name, properties in scope.resources("AWS::S3::Bucket"):
        bucket = scope.resolve(properties)
        notifies = "EventBridgeConfiguration" in bucket.get("NotificationConfiguration", {})
        cors = tuple(bucket.get("CorsConfiguration", {}).get("CorsRules", []))
        cloud.buckets.append(Bucket(scope.name(name), notifies, cors))
    for name, properties in scope.resources("AWS::DynamoDB::Table"):
        cloud.tables.append({"TableName": name} | scope.resolve(properties))
    cloud.secrets += [name for name, _ in scope.resources("AWS::SecretsManager::Secret")]
    for _, properties in scope.resources("AWS::SSM::Parameter"):
        parameter = scope.resolve(properties)
        cloud.parameters[parameter["Name"]] = parameter["Value"]


def _layer(folder: Path, name: str, resource: dict[str, Any]) -> Layer | None:
    if resource["Type"] != "AWS::Serverless::LayerVersion":
        return None
    built = "BuildMethod" in resource.get("Metadata", {})
    return Layer(name, (folder / resource["Properties"]["ContentUri"]).resolve(), built)


def _read_function(
    cloud: Cloud, scope: Scope, folder: Path, layers: dict[str, Layer | None], name: str, properties: dict[str, Any]
) -> None:
    if name in cloud.functions:
        raise TemplateError(f"two functions are called {name}")
    shared = scope.template.get("Globals", {}).get("Function", {})
    own, common = (given.get("Environment", {}).get("Variables", {}) for given in (properties, shared))
    merged = shared | properties
    wanted = [layer.get("Ref") for layer in [*shared.get("Layers", []), *properties.get("Layers", [])]]
    found = tuple(layer for layer in map(layers.get, wanted) if layer)
    if len(found) < len(wanted):
        raise TemplateError(f"{name} wants a layer that its own template does not declare")
    code = (folder / merged.get("CodeUri", ".")).resolve()
    cloud.functions[name] = Function(
        name=name,
        module=f"{code.name}/{merged['Handler'].removesuffix('.handler')}",
        code=code,
        handler=merged["Handler"],
        environment={key: str(value) for key, value in scope.resolve(common | own).items()},
        memory=int(merged.get("MemorySize", 128)),
        timeout=int(merged.get("Timeout", 3)),
        layers=found,
        grants=grants_of(scope, name, merged),
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
        case "AWS::DynamoDB::Table", "Arn":
            return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"
        case "AWS::RDS::DBCluster", "MasterUserSecret.SecretArn":
            return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}"
        case "AWS::Events::EventBus", "Arn":
            return f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{_ref(scope, name, resource)}"
        case _:
            return f"{name}.{attribute}"
