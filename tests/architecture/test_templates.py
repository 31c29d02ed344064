"""What the linter does not see in the templates: sizes, queues, grants, nested parameters, layers."""

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform

from local.intrinsics import load_template
from tests.gateway import ROOT
from tests.jobs import cloud

DOMAINS = ("operations", "identity", "catalog", "inventory", "sales")
MOST_RESOURCES = 460


def template(domain: str) -> dict[str, Any]:
    return load_template(ROOT / "functions" / domain / "template.yaml" if domain else ROOT / "template.yaml")


class _NoPolicies(ManagedPolicyLoader):
    """Names stand for AWS's managed policies; nobody is asked for them."""

    def __init__(self) -> None:
        super().__init__(None)

    def load(self) -> dict[str, str]:
        return {"AWSLambdaSQSQueueExecutionRole": "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"}


@cache
def transformed(domain: str) -> dict[str, Any]:
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    values = {name: "true" if name == "GradualDeployment" else name for name in template(domain).get("Parameters", {})}
    packaged = template(domain)
    packaged["Globals"]["Function"]["CodeUri"] = "s3://packages/functions"
    for resource in packaged["Resources"].values():
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = "s3://packages/layer"
    return transform(packaged, values, _NoPolicies(), feature_toggle=None, passthrough_metadata=False)


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_stack_stays_far_below_what_cloudformation_takes(domain: str) -> None:

    count = len(transformed(domain)["Resources"])

    assert 0 < count <= MOST_RESOURCES, f"{domain} has {count} resources"


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_parameter_of_a_domain_is_given_and_no_other(domain: str) -> None:
    applications = [
        resource["Properties"]
        for resource in template("")["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Application"
    ]
    (given,) = [a["Parameters"] for a in applications if a["Location"] == f"functions/{domain}/template.yaml"]

    assert set(given) == set(template(domain)["Parameters"])


def test_every_domain_folder_is_a_stack() -> None:
    assert {path.parent.name for path in (ROOT / "functions").glob("*/template.yaml")} == set(DOMAINS)


@pytest.mark.parametrize("mapping", cloud().mappings, ids=lambda mapping: mapping.function)
def test_a_queue_gives_its_function_time_tries_and_a_way_out(mapping: Any) -> None:
    queues = {queue.name: queue for queue in cloud().queues}
    queue = queues[mapping.queue]

    assert queue.visibility >= 6 * cloud().functions[mapping.function].timeout
    assert mapping.at_once >= 2
    assert mapping.partial
    assert queue.dead_letters in queues
    assert (queue.tries or 0) >= 2


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_queue_is_encrypted(domain: str) -> None:
    for name, resource in template(domain)["Resources"].items():
        if resource["Type"] == "AWS::SQS::Queue":
            said = resource["Properties"]
            assert said.get("SqsManagedSseEnabled") is True or "KmsMasterKeyId" in said, name


@pytest.mark.parametrize("domain", DOMAINS)
def test_dead_letters_are_kept_two_weeks_and_sound_an_alarm(domain: str) -> None:
    resources = template(domain)["Resources"]
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
    ids = [name for domain in ("", *DOMAINS) for name in template(domain)["Resources"]]

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("domain", DOMAINS)
def test_no_grant_is_wider_than_one_action_on_one_thing(domain: str) -> None:
    for name, resource in transformed(domain)["Resources"].items():
        if resource["Type"] not in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Role"):
            continue
        properties = resource["Properties"]
        inline = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
        for document in [*inline, *([properties["PolicyDocument"]] if "PolicyDocument" in properties else [])]:
            for statement in document["Statement"]:
                actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                assert not any("*" in action for action in actions), name
                assert statement["Resource"] != "*", name


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_function_is_published_traced_logged_and_in_the_network(domain: str) -> None:
    resources = transformed(domain)["Resources"]
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


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_change_of_a_layer_alone_is_a_new_version_of_its_functions(domain: str) -> None:
    for resource in template(domain)["Resources"].values():
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            assert resource["Properties"]["PublishLambdaVersion"] is True
    assert template(domain)["Globals"]["Function"]["AutoPublishAliasAllProperties"] is True


def test_every_browser_gets_the_same_permissions_from_every_domain() -> None:
    said = [
        resource["Properties"]["CorsConfiguration"]
        for domain in DOMAINS
        for resource in template(domain)["Resources"].values()
        if resource["Type"] == "AWS::Serverless::HttpApi"
    ]

    assert len(said) == len(DOMAINS)
    assert all(each == said[0] for each in said)


def test_the_front_door_leads_to_every_domain() -> None:
    distribution = template("")["Resources"]["FrontDoor"]["Properties"]["DistributionConfig"]
    behind = {behavior["TargetOriginId"] for behavior in distribution["CacheBehaviors"]}

    assert set(DOMAINS) - {"operations"} <= behind
    assert distribution["DefaultCacheBehavior"]["TargetOriginId"] == "operations"
    prefixes = {route.path.split("/")[3] for route in cloud().routes if route.path.startswith("/api/v1/")}
    paths = {behavior["PathPattern"] for behavior in distribution["CacheBehaviors"]}
    assert {f"/api/v1/{prefix}/*" for prefix in prefixes & set(DOMAINS) - {"operations"}} <= paths


def test_the_front_door_hands_on_what_webhooks_are_signed_with() -> None:
    policy = template("")["Resources"]["ApiRequestPolicy"]["Properties"]["OriginRequestPolicyConfig"]

    assert "Stripe-Signature" in policy["HeadersConfig"]["Headers"]
    # CloudFront takes no more.
    assert len(policy["HeadersConfig"]["Headers"]) <= 10


def test_the_deployment_profiles_name_parameters_that_exist() -> None:
    import tomllib

    profiles = tomllib.loads((ROOT / "samconfig.toml").read_text())
    for name in ("dev", "staging", "prod"):
        overrides = profiles[name]["deploy"]["parameters"]["parameter_overrides"].split()
        assert {pair.partition("=")[0] for pair in overrides} <= set(template("")["Parameters"])


def test_sample_events_are_json() -> None:
    for path in (ROOT / "events").glob("*/*.json"):
        assert isinstance(json.loads(path.read_text()), dict)


def test_a_job_that_sends_mail_has_three_tries_and_comes_back_when_its_claim_has_ended() -> None:
    queues = {queue.name: queue for queue in cloud().queues}
    sending = {
        name
        for domain in DOMAINS
        for name, resource in template(domain)["Resources"].items()
        for grant in resource.get("Properties", {}).get("Policies", ())
        if resource["Type"] == "AWS::Serverless::Function" and grant == {"Ref": f"{domain.title()}SendMail"}
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
        name: resource["Properties"].get("Policies", [])
        for domain in DOMAINS
        for name, resource in template(domain)["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    for route in cloud().routes:
        kept = any(str(grant.get("Ref", "")).endswith("KeepIdempotency") for grant in grants[route.function])
        is_webhook = "/webhooks/" in cloud().functions[route.function].module
        assert kept == (route.method != "GET" and not is_webhook), route.function


def test_alarms_are_about_metrics_that_are_counted() -> None:
    counted = {
        name
        for path in (ROOT / "shared" / "ravo").rglob("*.py")
        for name in re.findall(r'count\(\s*"(\w+)"', path.read_text())
    }
    alarms = [r["Properties"] for r in template("")["Resources"].values() if r["Type"] == "AWS::CloudWatch::Alarm"]

    named = {alarm["MetricName"] for alarm in alarms if alarm.get("Namespace") == "Ravo"}
    assert {"LoginRefused", "RateLimited", "ValkeyUnavailable"} <= named <= counted


def test_staff_need_a_second_factor_in_prod_unless_the_shop_says_otherwise() -> None:
    root = template("")
    by_environment = {"Fn::If": ["IsProduction", "required", "optional"]}
    said = {"Fn::If": ["SaysSecondFactor", {"Ref": "StaffSecondFactor"}, by_environment]}
    for resource in root["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Application":
            assert resource["Properties"]["Parameters"]["StaffSecondFactor"] == said
    for domain in DOMAINS:
        variables = template(domain)["Globals"]["Function"]["Environment"]["Variables"]
        assert variables["STAFF_SECOND_FACTOR"] == {"Ref": "StaffSecondFactor"}


def test_functions_know_whose_pages_may_ask_and_which_page_asks() -> None:
    for domain in DOMAINS:
        variables = template(domain)["Globals"]["Function"]["Environment"]["Variables"]
        assert variables["ALLOWED_ORIGINS"] == {"Fn::Join": [",", {"Ref": "AllowedOrigins"}]}
    policy = template("")["Resources"]["AnswersCachePolicy"]["Properties"]["CachePolicyConfig"]
    # What the key of the cache has is what CloudFront hands on.
    assert "Origin" in policy["ParametersInCacheKeyAndForwardedToOrigin"]["HeadersConfig"]["Headers"]


def test_what_opens_accounts_is_read_by_those_who_need_it_alone() -> None:
    resources = template("identity")["Resources"]

    def readers(policy: str) -> set[str]:
        functions = {n: r["Properties"] for n, r in resources.items() if r["Type"] == "AWS::Serverless::Function"}
        return {name for name, function in functions.items() if f'"{policy}"' in json.dumps(function["Policies"])}

    assert readers("IdentityAskGoogle") == readers("IdentityAskGithub") == {"FinishOauth"}
    assert {"GetJwks", "Logout", "Refresh", "GetMe", "UpdateMe"}.isdisjoint(readers("IdentityOpenSeals"))
