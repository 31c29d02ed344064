"""IAM's rules as the laptop knows them: what nobody allows is denied, a denial beats what allows, and wildcards are IAM's own."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.calls import UnknownCall, asked
from local.cloud import Cloud
from local.grants import UnreadablePolicy, grants_of
from local.iam import Grant, granted
from local.intrinsics import Scope
from local.rights import Rights, read, write

BUCKET = "arn:aws:s3:::ravo-local-uploadsbucket"


def allow(actions: str, resources: str, *, policy: str = "P") -> Grant:
    return Grant(policy, tuple(actions.split()), tuple(resources.split()))


def deny(actions: str, resources: str) -> Grant:
    return Grant("Deny", tuple(actions.split()), tuple(resources.split()), denies=True)


@pytest.mark.parametrize(
    ("pattern", "action"),
    [
        ("s3:GetObject", "s3:GetObject"),
        ("S3:getobject", "s3:GetObject"),
        ("s3:Get*", "s3:GetObject"),
        ("s3:*", "s3:GetObject"),
        ("*", "s3:GetObject"),
        ("s3:Get?bject", "s3:GetObject"),
        ("sqs:SendMessage s3:GetObject", "s3:GetObject"),
    ],
)
def test_an_action_is_allowed_by_its_name_in_any_case_or_by_wildcard(pattern: str, action: str) -> None:
    grant = allow(pattern, "*")
    assert granted([grant], action, "arn:aws:s3:::a/b") is grant


@pytest.mark.parametrize(
    "pattern", ["s3:GetObjectAcl", "s3:PutObject", "s3:Get", "s3:Get?Object", "s3GetObject", "s3:[G]etObject", ""]
)
def test_another_action_is_denied(pattern: str) -> None:
    assert granted([allow(pattern, "*")], "s3:GetObject", "arn:aws:s3:::a/b") is None


@pytest.mark.parametrize("pattern", ["*", f"{BUCKET}/*", f"{BUCKET}/media/*/a.jpg", f"{BUCKET}/media/?/a.jpg"])
def test_a_resource_is_allowed_by_wildcards_that_cross_slashes(pattern: str) -> None:
    assert granted([allow("s3:GetObject", pattern)], "s3:GetObject", f"{BUCKET}/media/x/a.jpg")


@pytest.mark.parametrize(
    "pattern",
    [BUCKET, f"{BUCKET}/", f"{BUCKET}/Media/*", f"{BUCKET}/media/??/a.jpg", "arn:aws:s3:::ravo.local.uploadsbucket/*"],
)
def test_another_resource_is_denied_and_letters_count(pattern: str) -> None:
    assert granted([allow("s3:GetObject", pattern)], "s3:GetObject", f"{BUCKET}/media/x/a.jpg") is None


def test_action_and_resource_must_be_allowed_by_the_same_statement() -> None:
    grants = [allow("s3:GetObject", "arn:aws:s3:::a/*"), allow("s3:PutObject", "arn:aws:s3:::b/*")]

    assert granted(grants, "s3:GetObject", "arn:aws:s3:::a/x") is grants[0]
    assert granted(grants, "s3:PutObject", "arn:aws:s3:::a/x") is None
    assert granted(grants, "s3:GetObject", "arn:aws:s3:::b/x") is None
    assert granted([], "s3:GetObject", "arn:aws:s3:::b/x") is None


@pytest.mark.parametrize("first", [True, False])
def test_a_denial_beats_what_allows_wherever_it_stands(first: bool) -> None:
    allowing, denying = allow("s3:*", "*"), deny("s3:Delete*", f"{BUCKET}/*")
    grants = [denying, allowing] if first else [allowing, denying]

    assert granted(grants, "s3:GetObject", f"{BUCKET}/a") is allowing
    assert granted(grants, "s3:DeleteObject", f"{BUCKET}/a") is None
    assert granted(grants, "s3:DeleteObject", "arn:aws:s3:::other/a") is allowing


@given(st.text("ab*?:/.[]", max_size=12), st.text("ab:/.[]", max_size=12))
def test_a_pattern_without_wildcards_fits_itself_alone_and_a_star_fits_all(pattern: str, value: str) -> None:
    grant = allow("s3:GetObject", "x")
    exact = Grant("P", grant.actions, (value,))
    plain = not set(pattern) & set("*?")

    assert exact.covers("s3:GetObject", value)
    assert Grant("P", grant.actions, ("*",)).covers("s3:GetObject", value)
    assert not plain or Grant("P", grant.actions, (pattern,)).covers("s3:GetObject", value) == (pattern == value)


QUEUE = "arn:aws:sqs:eu-central-1:123456789012:Jobs"
ADDRESS = "http://127.0.0.1:5000/123456789012/Jobs"
BUS = "arn:aws:events:eu-central-1:123456789012:event-bus/ravo-dev"
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:key"
IDENTITY = "arn:aws:ses:eu-central-1:123456789012:identity/ravo.example"


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "wanted"),
    [
        ("s3", "GetObject", {"Bucket": "b", "Key": "a/c"}, [("s3:GetObject", "arn:aws:s3:::b/a/c")]),
        ("s3", "PutObject", {"Bucket": "b", "Key": "c"}, [("s3:PutObject", "arn:aws:s3:::b/c")]),
        ("s3", "DeleteObject", {"Bucket": "b", "Key": "c"}, [("s3:DeleteObject", "arn:aws:s3:::b/c")]),
        (
            "s3",
            "HeadObject",
            {"Bucket": "b", "Key": "c"},
            [("s3:GetObject", "arn:aws:s3:::b/c"), ("s3:ListBucket", "arn:aws:s3:::b")],
        ),
        ("s3", "ListObjectsV2", {"Bucket": "b"}, [("s3:ListBucket", "arn:aws:s3:::b")]),
        ("sqs", "GetQueueUrl", {"QueueName": "Jobs"}, [("sqs:GetQueueUrl", QUEUE)]),
        ("sqs", "ChangeMessageVisibility", {"QueueUrl": ADDRESS}, [("sqs:ChangeMessageVisibility", QUEUE)]),
        ("sqs", "SendMessageBatch", {"QueueUrl": ADDRESS}, [("sqs:SendMessage", QUEUE)]),
        (
            "events",
            "PutEvents",
            {"Entries": [{"EventBusName": "ravo-dev"}, {"EventBusName": BUS}]},
            [("events:PutEvents", BUS)],
        ),
        ("events", "DescribeEventBus", {"Name": "ravo-dev"}, [("events:DescribeEventBus", BUS)]),
        (
            "events",
            "DescribeRule",
            {"Name": "Mirror", "EventBusName": "ravo-dev"},
            [("events:DescribeRule", "arn:aws:events:eu-central-1:123456789012:rule/ravo-dev/Mirror")],
        ),
        (
            "dynamodb",
            "PutItem",
            {"TableName": "First"},
            [("dynamodb:PutItem", "arn:aws:dynamodb:eu-central-1:123456789012:table/First")],
        ),
        ("secretsmanager", "GetSecretValue", {"SecretId": SECRET}, [("secretsmanager:GetSecretValue", SECRET)]),
        ("secretsmanager", "PutSecretValue", {"SecretId": "key"}, [("secretsmanager:PutSecretValue", SECRET)]),
        (
            "ssm",
            "GetParameter",
            {"Name": "/ravo/dev/keys"},
            [("ssm:GetParameter", "arn:aws:ssm:eu-central-1:123456789012:parameter/ravo/dev/keys")],
        ),
        (
            "sesv2",
            "SendEmail",
            {"FromEmailAddress": "Ravo <shop@ravo.example>", "Content": {"Raw": {"Data": b""}}},
            [("ses:SendEmail", IDENTITY), ("ses:SendRawEmail", IDENTITY)],
        ),
        (
            "sesv2",
            "SendEmail",
            {"FromEmailAddress": "shop@ravo.example", "Content": {"Simple": {}}},
            [("ses:SendEmail", IDENTITY)],
        ),
    ],
)
def test_a_call_asks_for_its_actions_on_its_resource(
    service: str, operation: str, parameters: dict[str, Any], wanted: Any
) -> None:
    assert asked(service, operation, parameters) == wanted


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("lambda", "Invoke", {"FunctionName": "Checkout"}),
        ("s3", "GetObjectAcl", {"Bucket": "b", "Key": "c"}),
        ("dynamodb", "TransactWriteItems", {"TransactItems": []}),
        ("sesv2", "CreateEmailIdentity", {"EmailIdentity": "ravo.example"}),
    ],
)
def test_a_call_that_nobody_has_described_is_never_let_through(
    service: str, operation: str, parameters: dict[str, Any]
) -> None:
    with pytest.raises(UnknownCall, match=f"{service} {operation}"):
        asked(service, operation, parameters)


def scope(*statements: dict[str, Any]) -> Scope:
    policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Statement": list(statements)}}}
    aws = {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AWSXrayWriteOnlyAccess"}
    role = {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [aws, {"Ref": "ReadFiles"}]}}
    more = {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [], "Policies": [{}]}}
    resources = {"ReadFiles": policy, "AskAi": policy | {"Condition": "HasAi"}, "Reader": role, "More": more}
    template = {"Resources": resources, "Conditions": {"HasAi": {"Fn::Equals": [{"Ref": "Key"}, "given"]}}}
    return Scope(
        template, {"Key": ""}, lambda _scope, name, _resource: name, lambda _s, name, part, _r: f"{name}.{part}"
    )


READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": {"Fn::Sub": "arn:aws:s3:::${Key}x/*"}}


def test_policies_are_read_by_name_and_in_place_and_left_out_by_condition() -> None:
    own = {"Statement": [{"Sid": "Own", "Effect": "Deny", "Action": ["sqs:A", "sqs:B"], "Resource": ["q", "r"]}]}
    policies = [{"Ref": "ReadFiles"}, {"Fn::If": ["HasAi", {"Ref": "AskAi"}, {"Ref": "AWS::NoValue"}]}, own]

    assert grants_of(scope(READ), "F", {"Policies": policies}) == (
        Grant("ReadFiles", ("s3:GetObject",), ("arn:aws:s3:::x/*",)),
        Grant("F's own", ("sqs:A", "sqs:B"), ("q", "r"), denies=True),
    )


@pytest.mark.parametrize("more", ["Condition", "NotAction", "NotResource", "Principal"])
def test_a_statement_that_says_more_is_not_judged_by_half(more: str) -> None:
    with pytest.raises(UnreadablePolicy, match=f"ReadFiles says {more}"):
        grants_of(scope(READ | {more: {}}), "F", {"Policies": [{"Ref": "ReadFiles"}]})


@pytest.mark.parametrize("policy", [{"Ref": "AskAi"}, "AmazonS3FullAccess", {"S3ReadPolicy": {"BucketName": "b"}}])
def test_a_policy_that_the_template_does_not_make_is_refused(policy: Any) -> None:
    with pytest.raises(UnreadablePolicy, match="F names a policy"):
        grants_of(scope(READ), "F", {"Policies": [policy]})


def test_a_role_s_policies_are_its_functions_but_for_those_that_aws_makes() -> None:
    (grant,) = grants_of(scope(READ), "F", {"Role": {"Fn::GetAtt": ["Reader", "Arn"]}})

    assert grant == Grant("ReadFiles", ("s3:GetObject",), ("arn:aws:s3:::x/*",))


@pytest.mark.parametrize(
    "properties",
    [
        {"Role": "arn:aws:iam::123456789012:role/other"},
        {"Role": {"Fn::GetAtt": ["More", "Arn"]}},
        {"Role": {"Fn::GetAtt": ["Reader", "Arn"]}, "Policies": [{"Ref": "ReadFiles"}]},
    ],
)
def test_a_role_that_cannot_be_judged_is_refused(properties: dict[str, Any]) -> None:
    with pytest.raises(UnreadablePolicy, match="F has a role"):
        grants_of(scope(READ), "F", properties)


def test_rights_are_the_same_after_they_were_written_down(cloud: Cloud, tmp_path: Path) -> None:
    write(tmp_path / "deep" / "rights.json", cloud.rights)

    assert read(tmp_path / "deep" / "rights.json") == cloud.rights
    assert isinstance(cloud.rights["Checkout"], Rights)
    assert len(cloud.rights["Checkout"].grants) >= 4
