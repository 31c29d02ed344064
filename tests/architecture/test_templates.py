"""What the linter does not see in the templates: sizes, queues, grants, nested parameters, layers."""

import json
import os
import re
from collections.abc import Iterator
from copy import deepcopy
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import pytest
from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform

from local.account import ACCOUNT, REGION
from local.intrinsics import load_template
from local.templates import ROOTS, SHARED
from tests.gateway import ROOT
from tests.jobs import cloud

# The stacks of functions, by their folders: a domain's, and those of its surfaces that have one of their own.
STACKS = sorted(
    path.parent.relative_to(ROOT / "functions").as_posix() for path in ROOT.glob("functions/**/template.yaml")
)
WEB = ROOTS[-1]
MOST_RESOURCES = 400
# From there on staff's endpoints are a stack of their own.
MANY_RESOURCES = 300
# CloudFormation takes 2,500 in one operation, over all stacks below the one that is deployed.
MOST_RESOURCES_OF_A_TREE = 2000
MOST_BYTES = 1_000_000
MOST_PARAMETERS = 200
MOST_OUTPUTS = 200


def template(stack: str) -> dict[str, Any]:
    """The template of a stack of functions, or a root's by its path; a copy, which a test may change."""
    return deepcopy(_loaded(stack))


@cache
def _loaded(stack: str) -> dict[str, Any]:
    return load_template(ROOT / (stack if stack in ROOTS else f"functions/{stack}/template.yaml"))


def prefix(stack: str) -> str:
    """What the names of a stack's resources begin with."""
    return "".join(part.title() for part in stack.split("/"))


def with_api() -> list[str]:
    return [stack for stack in STACKS if f"{prefix(stack)}Api" in template(stack)["Resources"]]


def policies_of(stack: str, function: dict[str, Any]) -> list[str]:
    """The policies of its stack that a function has, by its role or by itself."""
    role = function.get("Role", {}).get("Fn::GetAtt", [""])[0]
    roles = template(stack)["Resources"]
    named = function.get("Policies", []) if not role else roles[role]["Properties"]["ManagedPolicyArns"]
    chosen = [policy["Fn::If"][1] if "Fn::If" in policy else policy for policy in named]
    return [policy["Ref"] for policy in chosen if "Ref" in policy]


class _NoPolicies(ManagedPolicyLoader):
    """Names stand for AWS's managed policies; nobody is asked for them."""

    def __init__(self) -> None:
        super().__init__(None)

    def load(self) -> dict[str, str]:
        return {"AWSLambdaSQSQueueExecutionRole": "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"}


@cache
def transformed(stack: str) -> dict[str, Any]:
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    values = {name: "true" if name == "GradualDeployment" else name for name in template(stack).get("Parameters", {})}
    packaged = template(stack)
    packaged["Globals"]["Function"]["CodeUri"] = "s3://packages/functions"
    for resource in packaged["Resources"].values():
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = "s3://packages/layer"
    return transform(packaged, values, _NoPolicies(), feature_toggle=None, passthrough_metadata=False)


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_stays_far_below_what_cloudformation_takes(stack: str) -> None:
    made = transformed(stack)

    assert 0 < len(made["Resources"]) <= MOST_RESOURCES, f"{stack} has {len(made['Resources'])} resources"
    assert len(made["Parameters"]) <= MOST_PARAMETERS
    assert len(json.dumps(made).encode()) <= MOST_BYTES


@pytest.mark.parametrize("stack", STACKS)
def test_staff_s_endpoints_of_a_large_domain_are_a_stack_of_their_own(stack: str) -> None:
    staff = [
        r for r in template(stack)["Resources"].values() if "/admin/" in str(r.get("Properties", {}).get("Events"))
    ]

    assert not staff or stack.endswith("/admin") or len(transformed(stack)["Resources"]) <= MANY_RESOURCES


@pytest.mark.parametrize("root", ROOTS)
def test_a_whole_tree_stays_below_what_cloudformation_takes_in_one_operation(root: str) -> None:
    assert resources_of_a_tree(root) <= MOST_RESOURCES_OF_A_TREE
    assert len(template(root)["Resources"]) <= MOST_RESOURCES
    assert len(template(root)["Parameters"]) <= MOST_PARAMETERS
    assert len(template(root)["Outputs"]) <= MOST_OUTPUTS
    assert len((ROOT / root).read_bytes()) <= MOST_BYTES


def resources_of_a_tree(root: str) -> int:
    """How many a root has, with those of all stacks below it."""
    below = [transformed(stack) for stack in STACKS if f"functions/{stack}/template.yaml" in applications(root)]
    return len(template(root)["Resources"]) + sum(len(each["Resources"]) for each in below)


def applications(*roots: str) -> dict[str, dict[str, Any]]:
    """The stacks below roots, or below any, by where their templates lie."""
    resources = [(root, each) for root in roots or ROOTS for each in template(root)["Resources"].values()]
    nested = [(root, each["Properties"]) for root, each in resources if each["Type"] == "AWS::Serverless::Application"]
    return {
        (ROOT / root).parent.joinpath(said["Location"]).resolve().relative_to(ROOT).as_posix(): said["Parameters"]
        for root, said in nested
    }


def test_what_a_root_does_not_decide_itself_is_shared_by_one_below_it() -> None:
    shared: set[str] = set()
    for root in ROOTS:
        needed = {name for name, about in template(root)["Parameters"].items() if "Default" not in about}
        needed |= {"Architecture"} & template(root)["Parameters"].keys() if root != ROOTS[0] else set()
        assert needed <= shared, root
        names = {name for name in template(root)["Outputs"] if name.startswith(SHARED)}
        # `sam build` takes an output that is called as a parameter or a resource for it.
        assert not set(template(root)["Outputs"]) & {*template(root)["Parameters"], *template(root)["Resources"]}
        shared |= {name.removeprefix(SHARED) for name in names}


def test_the_new_schema_is_there_before_any_stack_that_needs_it() -> None:
    resources = template(ROOTS[0])["Resources"]
    migration = resources["Migration"]

    assert migration["Properties"]["ServiceToken"] == {"Fn::GetAtt": ["OperationsDeploy", "Outputs.MigrateArn"]}
    for name, resource in resources.items():
        if resource["Type"] == "AWS::Serverless::Application":
            assert resource.get("DependsOn") == (None if name == "OperationsDeploy" else "Migration"), name


@pytest.mark.parametrize("stack", STACKS)
def test_every_parameter_of_a_stack_is_given_and_no_other(stack: str) -> None:
    given = applications()[f"functions/{stack}/template.yaml"]

    assert set(given) == set(template(stack)["Parameters"])


def test_every_domain_folder_is_a_stack_below_one_root() -> None:
    folders = {path.parent.parent.name for path in (ROOT / "functions").glob("*/*/*.py")}

    assert folders == {stack.partition("/")[0] for stack in STACKS}
    assert sum(len(applications(root)) for root in ROOTS) == len(STACKS)
    assert set(applications()) == {f"functions/{stack}/template.yaml" for stack in STACKS}


@pytest.mark.parametrize("mapping", cloud().mappings, ids=lambda mapping: mapping.function)
def test_a_queue_gives_its_function_time_tries_and_a_way_out(mapping: Any) -> None:
    queues = {queue.name: queue for queue in cloud().queues}
    queue = queues[mapping.queue]

    assert queue.visibility >= 6 * cloud().functions[mapping.function].timeout
    assert mapping.at_once >= 2
    assert mapping.partial
    assert queue.dead_letters in queues
    assert (queue.tries or 0) >= 2


@pytest.mark.parametrize("stack", STACKS)
def test_every_queue_is_encrypted(stack: str) -> None:
    for name, resource in template(stack)["Resources"].items():
        if resource["Type"] == "AWS::SQS::Queue":
            said = resource["Properties"]
            assert said.get("SqsManagedSseEnabled") is True or "KmsMasterKeyId" in said, name


@pytest.mark.parametrize("stack", STACKS)
def test_dead_letters_are_kept_two_weeks_and_sound_an_alarm(stack: str) -> None:
    resources = template(stack)["Resources"]
    dead = [name for name in resources if name.endswith("DeadLetters")]
    alarmed = [
        dimension["Value"]
        for resource in resources.values()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
        for dimension in resource["Properties"].get("Dimensions", [])
        if dimension["Name"] == "QueueName"
    ]
    for name in dead:
        assert resources[name]["Properties"]["MessageRetentionPeriod"] == 1_209_600
        assert {"Fn::GetAtt": [name, "QueueName"]} in alarmed


def test_logical_ids_are_unique_over_all_domains() -> None:
    ids = [name for stack in (*ROOTS, *STACKS) for name in template(stack)["Resources"]]

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("stack", STACKS)
def test_no_grant_is_wider_than_one_action_on_one_thing(stack: str) -> None:
    for name, resource in transformed(stack)["Resources"].items():
        if resource["Type"] not in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Role"):
            continue
        properties = resource["Properties"]
        inline = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
        for document in [*inline, *([properties["PolicyDocument"]] if "PolicyDocument" in properties else [])]:
            for statement in document["Statement"]:
                actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                assert not any("*" in action for action in actions), name
                assert statement["Resource"] != "*", name


@pytest.mark.parametrize("stack", STACKS)
def test_every_function_is_published_traced_logged_and_in_the_network(stack: str) -> None:
    resources = transformed(stack)["Resources"]
    functions = {n: r["Properties"] for n, r in resources.items() if r["Type"] == "AWS::Lambda::Function"}
    aliases = {
        alias["Properties"]["FunctionName"]["Ref"]
        for alias in resources.values()
        if alias["Type"] == "AWS::Lambda::Alias"
    }
    assert set(functions) == aliases
    for name, function in functions.items():
        assert function["TracingConfig"] == {"Mode": "Active"}, name
        assert "LogGroup" in function["LoggingConfig"], name
        assert function["VpcConfig"]["SubnetIds"], name
        assert "SnapStart" in function, name
        assert len(function["Layers"]) >= 2, name


@pytest.mark.parametrize("stack", STACKS)
def test_a_change_of_a_layer_alone_is_a_new_version_of_its_functions(stack: str) -> None:
    for resource in template(stack)["Resources"].values():
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            assert resource["Properties"]["PublishLambdaVersion"] is True
    assert template(stack)["Globals"]["Function"]["AutoPublishAliasAllProperties"] is True


def test_every_browser_gets_the_same_permissions_from_every_domain() -> None:
    said = [
        resource["Properties"]["CorsConfiguration"]
        for stack in STACKS
        for resource in template(stack)["Resources"].values()
        if resource["Type"] == "AWS::Serverless::HttpApi"
    ]

    assert len(said) == len(with_api()) >= 6
    assert all(each == said[0] for each in said)


def test_the_front_door_leads_every_request_to_the_stack_that_has_its_route() -> None:
    distribution = template(WEB)["Resources"]["FrontDoor"]["Properties"]["DistributionConfig"]
    hosts = {origin["Id"]: origin["DomainName"] for origin in distribution["Origins"]}
    paths = [(behavior["PathPattern"], behavior["TargetOriginId"]) for behavior in distribution["CacheBehaviors"]]
    paths.append(("*", distribution["DefaultCacheBehavior"]["TargetOriginId"]))

    routed = [(stack, path) for stack in STACKS for path in routes(stack)]

    assert len(routed) == len(cloud().routes)
    for stack, path in routed:
        # CloudFront takes the first pattern that fits.
        target = next(origin for pattern, origin in paths if fnmatchcase(path, pattern))
        assert hosts[target] == {"Ref": f"{prefix(stack)}Host"}, path
    for stack in with_api():
        (shared,) = [
            outputs[name]
            for outputs in map(outputs_of, ROOTS)
            for name in outputs
            if name == f"Shared{prefix(stack)}Host"
        ]
        assert shared == {"Value": {"Fn::GetAtt": [prefix(stack), "Outputs.ApiHost"]}}


def outputs_of(root: str) -> dict[str, Any]:
    return template(root)["Outputs"]


def routes(stack: str) -> list[str]:
    events = [r["Properties"].get("Events", {}) for r in template(stack)["Resources"].values() if "Properties" in r]
    return [event["Http"]["Properties"]["Path"] for event in events if "Http" in event]


def test_the_front_door_hands_on_what_webhooks_are_signed_with() -> None:
    policy = template(WEB)["Resources"]["ApiRequestPolicy"]["Properties"]["OriginRequestPolicyConfig"]

    assert "Stripe-Signature" in policy["HeadersConfig"]["Headers"]
    # CloudFront takes no more.
    assert len(policy["HeadersConfig"]["Headers"]) <= 10


def test_the_deployment_profiles_name_parameters_that_exist() -> None:
    import tomllib

    profiles = tomllib.loads((ROOT / "samconfig.toml").read_text())
    for name in ("dev", "staging", "prod"):
        for root, part in zip(ROOTS, ("base", "more", "web"), strict=True):
            overrides = profiles[f"{name}-{part}"]["deploy"]["parameters"]["parameter_overrides"].split()
            assert {pair.partition("=")[0] for pair in overrides} <= set(template(root)["Parameters"])


def test_sample_events_are_json() -> None:
    for path in (ROOT / "events").glob("*/*.json"):
        assert isinstance(json.loads(path.read_text()), dict)


def test_a_job_that_sends_mail_has_three_tries_and_comes_back_when_its_claim_has_ended() -> None:
    queues = {queue.name: queue for queue in cloud().queues}
    sending = {
        name
        for stack in STACKS
        for name, resource in template(stack)["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
        and f"{prefix(stack)}SendMail" in policies_of(stack, resource["Properties"])
    }

    assert "AlertLowStock" in sending
    for mapping in cloud().mappings:
        if mapping.function in sending:
            assert (queues[mapping.queue].tries, mapping.at_once) == (3, 10)
            assert queues[mapping.queue].visibility > 60


def test_a_rule_bears_the_name_of_the_function_that_it_tells_and_hears_replays_to_it_alone() -> None:
    functions = {mapping.queue: mapping.function for mapping in cloud().mappings}
    (bus,) = cloud().buses

    for rule in cloud().rules:
        if rule.bus == bus:
            (target,) = rule.targets
            heard = rule.pattern["detail-type"]
            assert functions[target["Arn"].rpartition(":")[2]] == rule.name
            assert [each for each in heard if str(each).startswith("replay.")] == [f"replay.{rule.name}"]
            assert not any("replay.".startswith(each["prefix"]) for each in heard if isinstance(each, dict))


def test_what_a_rule_hears_is_told_by_somebody() -> None:
    """A type that nobody records is a slip of the pen, on one side or the other."""
    told = set(_types_of_events())
    (bus,) = cloud().buses
    for rule in cloud().rules:
        for each in rule.pattern["detail-type"] if rule.bus == bus else ():
            if isinstance(each, dict):
                assert any(kind.startswith(each["prefix"]) for kind in told), each
            else:
                assert each in told or each.startswith("replay."), each


def _types_of_events() -> Iterator[str]:
    for path in (ROOT / "shared" / "ravo").rglob("events.py"):
        yield from re.findall(r'type: ClassVar\[str\] = "(.+)"', path.read_text())


def test_every_mutation_may_keep_its_first_answer_but_for_webhooks() -> None:
    grants = {
        name: policies_of(stack, resource["Properties"])
        for stack in STACKS
        for name, resource in template(stack)["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    for route in cloud().routes:
        kept = any(grant.endswith("KeepIdempotency") for grant in grants[route.function])
        is_webhook = "/webhooks/" in cloud().functions[route.function].module
        assert kept == (route.method != "GET" and not is_webhook), route.function


def test_alarms_are_about_metrics_that_are_counted() -> None:
    counted = {
        name
        for path in (ROOT / "shared" / "ravo").rglob("*.py")
        for name in re.findall(r'count\(\s*"(\w+)"', path.read_text())
    }
    alarms = [
        r["Properties"] for r in template(ROOTS[0])["Resources"].values() if r["Type"] == "AWS::CloudWatch::Alarm"
    ]

    named = {alarm["MetricName"] for alarm in alarms if alarm.get("Namespace") == "Ravo"}
    assert {"LoginRefused", "RateLimited", "ValkeyUnavailable"} <= named <= counted


def test_staff_need_a_second_factor_in_prod_unless_the_shop_says_otherwise() -> None:
    by_environment = {"Fn::If": ["IsProduction", "required", "optional"]}
    said = {"Fn::If": ["SaysSecondFactor", {"Ref": "StaffSecondFactor"}, by_environment]}
    for stack in with_api():
        given = applications()[f"functions/{stack}/template.yaml"]["StaffSecondFactor"]
        shared = template(ROOTS[0])["Outputs"]["SharedStaffSecondFactor"]["Value"]
        assert (shared if given == {"Ref": "StaffSecondFactor"} else given) == said
        variables = template(stack)["Globals"]["Function"]["Environment"]["Variables"]
        assert variables["STAFF_SECOND_FACTOR"] == {"Ref": "StaffSecondFactor"}


def test_functions_know_whose_pages_may_ask_and_which_page_asks() -> None:
    for stack in with_api():
        variables = template(stack)["Globals"]["Function"]["Environment"]["Variables"]
        assert variables["ALLOWED_ORIGINS"] == {"Fn::Join": [",", {"Ref": "AllowedOrigins"}]}
    policy = template(WEB)["Resources"]["AnswersCachePolicy"]["Properties"]["CachePolicyConfig"]
    # What the key of the cache has is what CloudFront hands on.
    assert "Origin" in policy["ParametersInCacheKeyAndForwardedToOrigin"]["HeadersConfig"]["Headers"]


def test_what_opens_accounts_is_read_by_those_who_need_it_alone() -> None:
    functions = {n: r for n, r in template("identity")["Resources"].items() if r["Type"] == "AWS::Serverless::Function"}

    def readers(policy: str) -> set[str]:
        return {n for n, function in functions.items() if policy in policies_of("identity", function["Properties"])}

    assert readers("IdentityAskGoogle") == readers("IdentityAskGithub") == {"FinishOauth"}
    assert {"GetJwks", "Logout", "Refresh", "GetMe", "UpdateMe"}.isdisjoint(readers("IdentityOpenSeals"))


@pytest.mark.parametrize("stack", STACKS)
def test_functions_that_may_do_the_same_share_a_role_and_a_job_has_its_own(stack: str) -> None:
    resources = template(stack)["Resources"]
    functions = {n: r["Properties"] for n, r in resources.items() if r["Type"] == "AWS::Serverless::Function"}
    roles = {n: r["Properties"] for n, r in resources.items() if r["Type"] == "AWS::IAM::Role"}
    jobs = {mapping.function for mapping in cloud().mappings}

    used = {function["Role"]["Fn::GetAtt"][0] for name, function in functions.items() if name not in jobs}

    assert used == set(roles)
    assert len({json.dumps(role, sort_keys=True) for role in roles.values()}) == len(roles)
    assert all("Role" not in functions[name] for name in jobs & set(functions))


@pytest.mark.parametrize("stack", STACKS)
def test_every_function_may_log_trace_and_reach_the_network_and_a_job_its_queue(stack: str) -> None:
    resources = transformed(stack)["Resources"]
    functions = {n: r["Properties"] for n, r in resources.items() if r["Type"] == "AWS::Lambda::Function"}
    jobs = {mapping.function for mapping in cloud().mappings}
    for name, function in functions.items():
        role = resources[function["Role"]["Fn::GetAtt"][0]]["Properties"]
        assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"] in (
            "lambda.amazonaws.com",
            ["lambda.amazonaws.com"],
        )
        given = json.dumps(role["ManagedPolicyArns"])
        for policy in ("AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole", "AWSXrayWriteOnlyAccess"):
            assert policy in given, name
        assert ("AWSLambdaSQSQueueExecutionRole" in given) == (name in jobs)
        # What IAM attaches to a role, unless it is asked for more.
        assert len(role["ManagedPolicyArns"]) <= 10


@pytest.mark.parametrize("entry", [cloud().functions[m.function] for m in cloud().mappings], ids=lambda e: e.name)
def test_a_job_postpones_messages_of_its_own_queue_only(entry: Any) -> None:
    own = [grant for grant in entry.grants if any("sqs:" in action for action in grant.actions)]

    assert [grant.resources for grant in own] == [(f"arn:aws:sqs:{REGION}:{ACCOUNT}:{entry.name}Queue",)]


@pytest.mark.parametrize("stack", STACKS)
def test_a_new_version_is_tried_on_a_tenth_of_the_requests_where_shoppers_call(stack: str) -> None:
    for name, resource in template(stack)["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            said = resource["Properties"].get("DeploymentPreference")
            where = resource["Properties"]["Handler"].partition("/")[0]
            alarms = [{"Ref": f"{prefix(stack)}Errors"}]
            canary = {"Enabled": {"Ref": "GradualDeployment"}, "Type": "Canary10Percent5Minutes", "Alarms": alarms}
            assert said == (canary if where in ("store", "account") else None), name
