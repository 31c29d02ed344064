"""Templates read as CloudFormation and SAM would."""

import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from local.account import ACCOUNT, REGION
from local.cloud import Cloud, Mapping, Queue
from local.intrinsics import Scope
from local.outside import CARD_EVENTS
from local.templates import TemplateError, read_cloud
from tests.local.conftest import ROOT


def scope(**parameters: Any) -> Scope:
    template = {
        "Conditions": {
            "Big": {"Fn::Equals": [{"Ref": "Size"}, "large"]},
            "Small": {"Fn::Not": [{"Condition": "Big"}]},
        },
        "Resources": {"Store": {"Type": "X"}},
    }
    return Scope(template, {"Size": "large", "Empty": ""} | parameters, lambda _s, n, _r: f"name of {n}", attribute)


def attribute(_scope: Scope, name: str, which: str, _resource: dict[str, Any]) -> str:
    return f"{which} of {name}"


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        ({"Ref": "Size"}, "large"),
        ({"Ref": "Store"}, "name of Store"),
        ({"Ref": "AWS::Region"}, REGION),
        ({"Fn::GetAtt": ["Store", "Arn"]}, "Arn of Store"),
        ({"Fn::Sub": "${Size}-${Store.Arn}-${AWS::AccountId}"}, f"large-Arn of Store-{ACCOUNT}"),
        ({"Fn::Sub": ["${own}/${Size}", {"own": {"Ref": "Store"}}]}, "name of Store/large"),
        ({"Fn::If": ["Big", [1, {"Ref": "Size"}], "no"]}, [1, "large"]),
        ({"Fn::If": ["Small", "yes", {"Ref": "Empty"}]}, ""),
        ({"Fn::Join": [":", ["a", {"Ref": "Size"}]]}, "a:large"),
        ({"Fn::Select": [1, ["a", "b"]]}, "b"),
        ({"Fn::Split": ["-", "a-b"]}, ["a", "b"]),
        ({"Fn::And": [{"Condition": "Big"}, {"Fn::Not": [{"Condition": "Small"}]}]}, True),
        ({"Fn::Or": [{"Condition": "Small"}, {"Fn::Equals": ["a", "b"]}]}, False),
        ({"kept": 1, "gone": {"Ref": "AWS::NoValue"}}, {"kept": 1}),
        ([1, {"Fn::If": ["Small", 2, {"Ref": "AWS::NoValue"}]}], [1]),
    ],
)
def test_a_function_of_cloudformation_means(value: Any, meaning: Any) -> None:
    assert scope().resolve(value) == meaning


def test_every_function_file_has_its_entry_and_every_entry_its_file(cloud: Cloud) -> None:
    files = {str(path.relative_to(ROOT / "functions").with_suffix("")) for path in ROOT.glob("functions/*/*/*.py")}
    assert {function.module for function in cloud.functions.values()} == files


def test_a_function_is_called_as_its_file(cloud: Cloud) -> None:
    for function in cloud.functions.values():
        assert function.name == "".join(part.capitalize() for part in Path(function.module).name.split("_"))


def test_every_source_names_what_there_is(cloud: Cloud) -> None:
    queues = {queue.name for queue in cloud.queues}
    assert {mapping.queue for mapping in cloud.mappings} <= queues
    assert {queue.dead_letters for queue in cloud.queues if queue.dead_letters} <= queues
    targets = {target["Arn"].rpartition(":")[2] for rule in cloud.rules for target in rule.targets}
    assert targets <= queues
    assert {rule.bus for rule in cloud.rules} <= {"default", *cloud.buses}


def test_every_function_finds_its_layers_folders(cloud: Cloud) -> None:
    for function in cloud.functions.values():
        assert function.layers
        assert all(layer.folder.is_dir() for layer in function.layers)


def tree(folder: Path, nested: str, given: str = "{}") -> Path:
    (folder / "functions" / "tiny").mkdir(parents=True)
    (folder / "template.yaml").write_text(
        dedent(f"""\
        Parameters: {{Origins: {{Type: CommaDelimitedList, Default: "http://a,http://b"}}}}
        Resources:
          Tiny:
            Type: AWS::Serverless::Application
            Properties: {{Location: functions/tiny/template.yaml, Parameters: {given}}}
        """)
    )
    (folder / "functions" / "tiny" / "template.yaml").write_text(dedent(nested))
    return folder


NESTED = """\
Parameters:
  Greeting: {Type: String}
  Origins: {Type: CommaDelimitedList}
Conditions: {Loud: !Equals [!Ref Greeting, HELLO]}
Globals:
  Function:
    Timeout: 7
    Layers: [!Ref Shared]
    Environment: {Variables: {GREETING: !Ref Greeting, TABLE: a}}
Resources:
  Shared: {Type: AWS::Serverless::LayerVersion, Metadata: {BuildMethod: python3.13}, Properties: {ContentUri: ../../shared}}
  Own: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: own}}
  Api:
    Type: AWS::Serverless::HttpApi
    Properties: {CorsConfiguration: {AllowOrigins: !Ref Origins, AllowCredentials: true, MaxAge: 60}}
  Dead: {Type: AWS::SQS::Queue}
  Work:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 42, RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}}
  Files: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {EventBridgeConfiguration: {}}}}
  Shout: {Type: AWS::SQS::Queue, Condition: Loud}
  DoWork:
    Type: AWS::Serverless::Function
    Properties:
      Handler: jobs/do_work.handler
      Layers: [!Ref Own]
      Environment: {Variables: {TABLE: !Ref Files}}
      Events:
        Queue:
          Type: SQS
          Properties:
            Queue: !GetAtt Work.Arn
            BatchSize: 4
            ScalingConfig: {MaximumConcurrency: 2}
            FunctionResponseTypes: [ReportBatchItemFailures]
        Http: {Type: HttpApi, Properties: {Method: post, Path: "/work/{id}"}}
        Daily: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day), Input: '{"a": 1}'}}
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Cloud:
    return read_cloud(tree(tmp_path, NESTED, "{Greeting: hello, Origins: !Ref Origins}"))


def test_a_function_s_own_properties_stand_over_the_common_ones(tiny: Cloud, tmp_path: Path) -> None:
    function = tiny.functions["DoWork"]
    assert (function.module, function.timeout, function.memory) == ("tiny/jobs/do_work", 7, 128)
    assert function.environment == {"GREETING": "hello", "TABLE": "ravo-local-files"}
    assert [(layer.name, layer.folder, layer.built) for layer in function.layers] == [
        ("Shared", tmp_path / "shared", True),
        ("Own", tmp_path / "functions" / "tiny" / "own", False),
    ]


def test_queues_routes_and_schedules_are_what_the_template_says(tiny: Cloud) -> None:
    assert tiny.queues == [Queue("Dead", 30, None, None), Queue("Work", 42, "Dead", 3)]
    assert tiny.mappings == [Mapping("Work", "DoWork", 4, 2, True)]
    assert [(route.method, route.path) for route in tiny.routes] == [("POST", "/work/{id}")]
    assert [(s.name, s.expression, s.input) for s in tiny.schedules] == [("DoWorkDaily", "rate(1 day)", '{"a": 1}')]
    assert [(bucket.name, bucket.events) for bucket in tiny.buckets] == [("ravo-local-files", True)]
    assert (tiny.cors.origins, tiny.cors.credentials, tiny.cors.max_age) == (("http://a", "http://b"), True, 60)


@pytest.mark.parametrize(
    ("nested", "given", "complaint"),
    [
        (NESTED, "{Greeting: hello, Origins: '*', Greetng: x}", "Greetng"),
        (NESTED, "{Origins: '*'}", "Greeting has neither"),
        (NESTED.replace("[!Ref Own]", "[!Ref Owm]"), "{Greeting: a, Origins: b}", "wants a layer"),
        (NESTED.replace("Type: SQS\n", "Type: Kinesis\n"), "{Greeting: a, Origins: b}", "no event of type Kinesis"),
    ],
)
def test_templates_that_contradict_themselves_are_refused(
    tmp_path: Path, nested: str, given: str, complaint: str
) -> None:
    with pytest.raises(TemplateError, match=complaint):
        read_cloud(tree(tmp_path, nested, given))


def test_the_laptop_s_stripe_tells_what_a_shop_is_told_to_subscribe_to() -> None:
    page = (ROOT / "docs" / "deployment.md").read_text()
    rows = re.findall(r"^ +\| (`\w+\.\w+`.*?) \|", page, re.MULTILINE)

    assert set(re.findall(r"`(\w+\.\w+)`", " ".join(rows))) == set(CARD_EVENTS)
