"""What the templates promise of the edge: one way in, TLS on every way, one key over what is kept, and who may change secrets."""

import json
from typing import Any

import pytest

from local.intrinsics import load_template
from local.templates import ROOTS
from ravo.platform.database import CONNECTION_OPTIONS
from ravo.platform.http.finish import CONTENT_POLICY
from tests.architecture.test_templates import STACKS, WEB, policies_of, prefix, template, with_api
from tests.gateway import ROOT
from tests.jobs import cloud

ROUTED = {route.function for route in cloud().routes}
# API Gateway gives up after thirty.
GATEWAY_SECONDS = 30
KEY = {"Fn::GetAtt": ["DataKey", "Arn"]}


def of_type(stack: str, kind: str) -> dict[str, dict[str, Any]]:
    return {n: r["Properties"] for n, r in template(stack)["Resources"].items() if r["Type"] == kind}


def root(name: str) -> dict[str, Any]:
    """A resource of a root template."""
    (found,) = [template(root)["Resources"][name] for root in ROOTS if name in template(root)["Resources"]]
    return found["Properties"]


def of_roots(kind: str) -> dict[str, dict[str, Any]]:
    return {name: said for root in ROOTS for name, said in of_type(root, kind).items()}


def denies_plain_text(document: dict[str, Any]) -> bool:
    return any(
        statement["Effect"] == "Deny"
        and statement["Principal"] == "*"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": False}}
        for statement in document["Statement"]
    )


def granted(stack: str, action: str) -> set[str]:
    """The functions that may do something, by the policies that they name."""
    policies = {
        name
        for name, policy in of_type(stack, "AWS::IAM::ManagedPolicy").items()
        for statement in policy["PolicyDocument"]["Statement"]
        if action in statement["Action"]
    }
    return {
        name
        for name, function in of_type(stack, "AWS::Serverless::Function").items()
        if policies & set(policies_of(stack, function))
    }


def test_every_api_is_shown_the_secret_and_the_pictures_are_not() -> None:
    origins = root("FrontDoor")["DistributionConfig"]["Origins"]

    shown = {origin["Id"]: origin.get("OriginCustomHeaders") for origin in origins}
    assert set(shown) == {*(stack.replace("/", "-") for stack in with_api()), "media"}
    assert shown.pop("media") is None
    for headers in shown.values():
        (proof,) = headers
        assert proof["HeaderName"] == "X-Origin-Secret"
        assert proof["HeaderValue"] == {"Fn::Sub": "{{resolve:secretsmanager:${OriginSecretArn}:SecretString:sent}}"}
    assert template(WEB)["Parameters"].keys() >= {"OriginSecretArn"}


@pytest.mark.parametrize("stack", STACKS)
def test_no_secret_stands_in_a_functions_configuration(stack: str) -> None:
    assert "{{resolve:" not in (ROOT / "functions" / stack / "template.yaml").read_text()
    variables = template(stack)["Globals"]["Function"]["Environment"]["Variables"]
    assert variables.get("ORIGIN_SECRET_ARN") == ({"Ref": "OriginSecretArn"} if stack in with_api() else None)


@pytest.mark.parametrize("stack", with_api())
def test_every_endpoint_may_read_what_the_front_door_shows(stack: str) -> None:
    (policy,) = [
        policy["PolicyDocument"]["Statement"]
        for name, policy in of_type(stack, "AWS::IAM::ManagedPolicy").items()
        if name == f"{prefix(stack)}VerifyTokens"
    ]
    assert {
        "Effect": "Allow",
        "Action": ["secretsmanager:GetSecretValue"],
        "Resource": {"Ref": "OriginSecretArn"},
    } in policy
    functions = of_type(stack, "AWS::Serverless::Function")
    for name in ROUTED & set(functions):
        assert f"{prefix(stack)}VerifyTokens" in policies_of(stack, functions[name]), name


def test_only_what_changes_secrets_may_change_them() -> None:
    may_write = {name for stack in STACKS for name in granted(stack, "secretsmanager:PutSecretValue")}
    may_publish = {name for stack in STACKS for name in granted(stack, "ssm:PutParameter")}
    may_redirect = {name for stack in STACKS for name in granted(stack, "cloudfront:UpdateDistribution")}

    assert may_write == {"Migrate", "RotateSigningKey", "RotateOriginSecret"}
    assert may_publish == {"Migrate", "RotateSigningKey"}
    assert may_redirect == {"RotateOriginSecret"}


def test_the_distribution_bears_the_tag_that_it_may_be_changed_by() -> None:
    (change,) = [
        statement
        for statement in of_type("operations", "AWS::IAM::ManagedPolicy")["OperationsChangeOriginSecret"][
            "PolicyDocument"
        ]["Statement"]
        if "cloudfront:UpdateDistribution" in statement["Action"]
    ]

    assert change["Condition"] == {"StringEquals": {"aws:ResourceTag/ravo": {"Ref": "Environment"}}}
    assert root("FrontDoor")["Tags"] == [{"Key": "ravo", "Value": {"Ref": "Environment"}}]
    assert root("FrontDoorId")["Name"] == {"Fn::Sub": "/ravo/${Environment}/front-door"}


@pytest.mark.parametrize("name", sorted(ROUTED))
def test_an_endpoint_ends_before_the_gateway_gives_up(name: str) -> None:
    assert cloud().functions[name].timeout < GATEWAY_SECONDS


def test_one_key_that_is_rotated_is_over_all_that_is_kept_and_not_shown_to_everyone() -> None:
    assert root("DataKey")["EnableKeyRotation"] is True
    assert root("Database")["KmsKeyId"] == KEY
    assert root("Database")["MasterUserSecret"] == {"KmsKeyId": KEY}
    assert root("Cache")["KmsKeyId"] == KEY
    assert root("IdempotencyTable")["SSESpecification"]["KMSMasterKeyId"] == KEY
    assert root("AlarmTopic")["KmsMasterKeyId"] == {"Ref": "DataKey"}
    for secret in of_roots("AWS::SecretsManager::Secret").values():
        assert secret["KmsKeyId"] == KEY
    (uploads,) = root("UploadsBucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert uploads["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    assert uploads["BucketKeyEnabled"] is True
    for stack in STACKS:
        for group in of_type(stack, "AWS::Logs::LogGroup").values():
            assert group["KmsKeyId"] == {"Ref": "DataKeyArn"}
        for queue in of_type(stack, "AWS::SQS::Queue").values():
            assert queue["SqsManagedSseEnabled"] is True


def test_the_key_is_used_through_stores_of_this_account_alone() -> None:
    statements = {statement["Sid"]: statement for statement in root("DataKey")["KeyPolicy"]["Statement"]}

    account = statements.pop("AdministeredByTheAccount")
    assert account["Principal"] == {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    for statement in statements.values():
        assert not any("*" in action for action in statement["Action"])
        assert "AccountId" in json.dumps(statement["Condition"])
    services = statements["UsedThroughTheStores"]["Condition"]["StringEquals"]["kms:ViaService"]
    assert len(services) == 5
    assert statements["AlarmsOfThisAccount"]["Principal"] == {"Service": "cloudwatch.amazonaws.com"}


def test_rds_changes_the_databases_password_and_everyone_reads_it_from_there() -> None:
    login = {"Fn::GetAtt": ["Database", "MasterUserSecret.SecretArn"]}

    assert root("Database")["ManageMasterUserPassword"] is True
    assert "MasterUserPassword" not in root("Database")
    assert root("OperationsDeploy")["Parameters"]["DatabaseSecretArn"] == login
    assert root("DatabaseProxy")["Auth"][0]["SecretArn"] == login


def test_nothing_goes_without_tls() -> None:
    for bucket in of_roots("AWS::S3::BucketPolicy").values():
        assert denies_plain_text(bucket["PolicyDocument"])
    assert {policy["Bucket"]["Ref"] for policy in of_roots("AWS::S3::BucketPolicy").values()} == set(
        of_roots("AWS::S3::Bucket")
    )
    assert denies_plain_text(root("AlarmTopicPolicy")["PolicyDocument"])
    for stack in STACKS:
        guarded = set()
        for policy in of_type(stack, "AWS::SQS::QueuePolicy").values():
            assert denies_plain_text(policy["PolicyDocument"])
            guarded |= {queue["Ref"] for queue in policy["Queues"]}
        assert guarded == set(of_type(stack, "AWS::SQS::Queue"))
    assert root("DatabaseParameters")["Parameters"]["rds.force_ssl"] == "1"
    assert root("Database")["DBClusterParameterGroupName"] == {"Ref": "DatabaseParameters"}
    assert root("DatabaseProxy")["RequireTLS"] is True
    assert root("Sales")["Parameters"]["ValkeyUrl"]["Fn::Sub"].startswith("rediss://")


def test_the_front_door_speaks_tls_alone_and_guards_pictures_as_functions_guard_answers() -> None:
    distribution = root("FrontDoor")["DistributionConfig"]

    own, given = distribution["ViewerCertificate"]["Fn::If"][1:]
    assert own["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert given == {"CloudFrontDefaultCertificate": True}

    for origin in distribution["Origins"]:
        if "CustomOriginConfig" in origin:
            assert origin["CustomOriginConfig"] == {
                "OriginProtocolPolicy": "https-only",
                "OriginSSLProtocols": ["TLSv1.2"],
            }
    (media,) = [b for b in distribution["CacheBehaviors"] if b["TargetOriginId"] == "media"]
    assert media["ResponseHeadersPolicyId"] == {"Ref": "MediaHeaders"}
    assert "AllowedMethods" not in media
    headers = root("MediaHeaders")["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert all(header["Override"] for header in headers.values())
    assert "sandbox" in headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]


def test_only_the_page_that_people_open_by_hand_leads_from_plain_http_to_tls() -> None:
    distribution = root("FrontDoor")["DistributionConfig"]
    everything = {"PathPattern": "*"} | distribution["DefaultCacheBehavior"]

    policies = {b["PathPattern"]: b["ViewerProtocolPolicy"] for b in [*distribution["CacheBehaviors"], everything]}

    assert policies.pop("/api/v1/docs") == "redirect-to-https"
    assert set(policies.values()) == {"https-only"}
    assert {"*", "/api/v1/identity/*", "/media/*"} < policies.keys()


def test_what_no_function_answers_has_the_same_headers() -> None:
    distribution = root("FrontDoor")["DistributionConfig"]

    for behavior in (distribution["DefaultCacheBehavior"], *distribution["CacheBehaviors"]):
        if behavior["TargetOriginId"] != "media":
            assert behavior["ResponseHeadersPolicyId"] == {"Ref": "AnswerHeaders"}
    headers = root("AnswerHeaders")["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    transport = headers["StrictTransportSecurity"]
    assert (transport["AccessControlMaxAgeSec"], transport["IncludeSubdomains"]) == (63072000, True)
    # The page of the documentation has a policy of its own, which CloudFront leaves as it is.
    assert headers["ContentSecurityPolicy"] == {"ContentSecurityPolicy": CONTENT_POLICY, "Override": False}
    assert headers["FrameOptions"]["FrameOption"] == "DENY"
    assert headers["ContentTypeOptions"] == {"Override": True}


def edge() -> dict[str, Any]:
    return load_template(ROOT / "edge" / "template.yaml")


def test_the_web_acl_is_of_the_kind_that_cloudfront_takes_and_made_where_it_looks() -> None:
    acl = edge()["Resources"]["WebAcl"]["Properties"]

    assert acl["Scope"] == "CLOUDFRONT"
    (assertion,) = edge()["Rules"]["OnlyWhereCloudFrontLooks"]["Assertions"]
    assert assertion["Assert"] == {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}
    assert set(edge()["Outputs"]) == {"WebAclArn", "CertificateArn"} <= set(template(WEB)["Parameters"])


def test_the_web_acl_holds_back_floods_known_attacks_and_oversize_but_no_webhook_and_no_import() -> None:
    rules = {rule["Name"]: rule for rule in edge()["Resources"]["WebAcl"]["Properties"]["Rules"]}

    assert [rule["Priority"] for rule in rules.values()] == list(range(len(rules)))
    rate = rules["TooMany"]["Statement"]["RateBasedStatement"]
    assert rate["AggregateKeyType"] == "IP"
    spared = rate["ScopeDownStatement"]["NotStatement"]["Statement"]["RegexMatchStatement"]["RegexString"]
    import re

    assert re.match(spared, "/api/v1/sales/webhooks/stripe")
    assert not re.match(spared, "/api/v1/sales/checkout")
    managed = {
        rule["Statement"]["ManagedRuleGroupStatement"]["Name"]
        for rule in rules.values()
        if "ManagedRuleGroupStatement" in rule["Statement"]
    }
    assert managed == {
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesCommonRuleSet",
    }
    counted = {
        each["Name"]
        for each in rules["Common"]["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"]
        if each["ActionToUse"] == {"Count": {}}
    }
    assert "SizeRestrictions_BODY" in counted


def test_plans_are_made_alike_through_a_proxy_which_passes_no_options_on() -> None:
    told = dict(option.split("=") for option in CONNECTION_OPTIONS.split("-c ") if option)
    deciding = {name: told[name].strip() for name in ("jit", "random_page_cost")}

    parameters = root("DatabaseParameters")["Parameters"]

    assert deciding == {"jit": "off", "random_page_cost": parameters["random_page_cost"]}
    assert parameters["jit"] == "0"
