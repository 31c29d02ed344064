"""Templates, sample events and tables written from code and lists."""

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from pydantic import ValidationError

from local.intrinsics import load_template
from local.writing.code import CodeError, Source, read_functions
from local.writing.files import written
from local.writing.lists import Domain
from local.writing.new import endpoint as new_endpoint
from local.writing.new import job as new_job
from local.writing.roots import fill
from local.writing.samples import sample
from local.writing.settings_read import SettingsRead
from local.writing.stacks import Stack, Writer, read_stacks, values_of
from local.writing.tables import operations, routes
from local.writing.yaml_text import Tagged, dump, inline, load
from ravo.platform.settings import Settings
from tests.local.conftest import ROOT

STACKS = read_stacks(ROOT)
SETTINGS = SettingsRead(ROOT)
VALUES = values_of(ROOT)


def test_what_is_written_is_what_code_and_lists_say() -> None:
    for path, text in written(ROOT).items():
        assert path.read_text() == text, f"{path.relative_to(ROOT)}: run `make templates`"


def test_what_is_written_says_so_in_its_first_line() -> None:
    for stack in STACKS:
        assert (ROOT / stack.path).read_text().startswith("# Written by `make templates`")


def test_settings_are_known_by_the_names_of_the_model() -> None:
    assert SETTINGS.known == set(Settings.model_fields)


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_a_stack_is_told_what_its_functions_read_and_of_no_secret_that_they_may_not(stack: Stack) -> None:
    template = load_template(ROOT / stack.path)
    told = set(template["Globals"]["Function"]["Environment"]["Variables"])
    places = {name for name in told if name.endswith(("_SECRET_ARN", "_PARAMETER"))}
    policies = [r["Properties"] for r in template["Resources"].values() if r["Type"] == "AWS::IAM::ManagedPolicy"]
    granted = str([policy["PolicyDocument"] for policy in policies])

    read = {name for source in stack.functions for name in SETTINGS.by(source.module)}
    given = {name.upper() for name in read if parameter_of(name) in VALUES}

    assert {name for name in given if not name.endswith(("_SECRET_ARN", "_PARAMETER"))} <= told
    assert told - places - given <= {
        "ENVIRONMENT",
        "POWERTOOLS_SERVICE_NAME",
        "POWERTOOLS_METRICS_NAMESPACE",
        "LOG_LEVEL",
    }
    assert all(parameter_of(name) in granted for name in places)
    named = {name for name in SETTINGS.known if name.endswith(("_secret_arn", "_parameter"))}
    assert {name.upper() for name in named if parameter_of(name) in granted} == places
    arns = [name for name in template["Parameters"] if name.endswith("SecretArn")]
    assert {name for name in arns if name not in granted} == set()


def parameter_of(setting: str) -> str:
    return "".join(part.title() for part in setting.split("_"))


def a_file(folder: Path, name: str, text: str) -> Path:
    path = folder / "tiny" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text))
    return folder / "tiny"


@pytest.mark.parametrize(
    ("declared", "access"),
    [
        ('dependencies=[allowed("things:read")]', "things:read"),
        ("dependencies=[anyone]", "anyone"),
        ("dependencies=[signed]", "signature"),
        ("dependencies=[by_cookie]", "cookie"),
        ("dependencies=[signed_in]", "signed in"),
    ],
)
def test_an_endpoint_s_file_says_its_route_and_who_may(tmp_path: Path, declared: str, access: str) -> None:
    code = f'@app.post("/api/v1/tiny/things/{{id}}", {declared})\nasync def make_thing(id): ...\nhandler = lambda_handler(app)\n'

    (source,) = read_functions(a_file(tmp_path, "store/make_thing.py", code))

    assert source == Source("tiny", "store", "make_thing", "POST", "/api/v1/tiny/things/{id}", access)
    assert (source.name, source.module) == ("MakeThing", "functions.tiny.store.make_thing")


def test_who_may_call_is_read_from_parameters_too_and_the_strictest_counts(tmp_path: Path) -> None:
    code = """\
        @app.get("/things", dependencies=[anyone])
        async def get_things(staff: Annotated[Principal, allowed("things:read")], visitor: Visitor): ...
        """
    (source,) = read_functions(a_file(tmp_path, "store/get_things.py", code))

    assert source.access == "things:read"


def test_a_job_s_file_says_what_it_hears_and_how_often_it_is_tried(tmp_path: Path) -> None:
    folder = a_file(tmp_path, "jobs/do.py", 'handler = job_handler(do, hears=("a.b", "c.*"), tries=4, first_pause=9)\n')

    (source,) = read_functions(folder)

    assert (source.hears, source.tries, source.is_job, source.is_endpoint) == (("a.b", "c.*"), 4, True, False)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("store/a.py", "handler = lambda_handler(app)\n"),
        ("store/b.py", '@app.get("/things")\nasync def b(): ...\n'),
        ("jobs/c.py", "handler = job_handler(c)\n"),
    ],
)
def test_a_file_that_does_not_say_what_must_be_known_is_refused(tmp_path: Path, name: str, code: str) -> None:
    with pytest.raises(CodeError):
        read_functions(a_file(tmp_path, name, code))


def endpoint(method: str = "POST", surface: str = "store") -> Source:
    return Source("tiny", surface, "make_thing", method, "/api/v1/tiny/things", "anyone")


@pytest.mark.parametrize(
    ("source", "line", "grants"),
    [
        (endpoint(), {}, ("VerifyTokens", "DatabaseAccess", "KeepIdempotency")),
        (endpoint("GET"), {}, ("VerifyTokens", "DatabaseAccess")),
        (endpoint("GET"), {"database": False}, ("VerifyTokens",)),
        (endpoint(surface="webhooks"), {"grants": ("Hear",)}, ("VerifyTokens", "DatabaseAccess", "Hear")),
        (Source("tiny", "schedules", "make_thing"), {"grants": ("B", "A")}, ("DatabaseAccess", "A", "B")),
    ],
)
def test_a_function_may_do_what_its_kind_needs_and_what_is_listed(source: Source, line: Any, grants: Any) -> None:
    assert Domain.model_validate({"description": "", "functions": {"MakeThing": line}}).grants_of(source) == grants


def test_a_list_that_says_what_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="timeuot"):
        Domain.model_validate({"description": "", "functions": {"MakeThing": {"timeuot": 3}}})
    (tmp_path / "functions" / "tiny").mkdir(parents=True)
    (tmp_path / "functions" / "grants.yaml").write_text("{}")
    (tmp_path / "functions" / "tiny" / "functions.yaml").write_text("description: x\nfunctions: {Gone: {timeout: 3}}\n")
    with pytest.raises(ValueError, match="Gone"):
        read_stacks(tmp_path)


def test_a_new_setting_reaches_the_stacks_whose_functions_read_it_and_no_other() -> None:
    known = Writer(VALUES | {"StripeApiBase": Tagged("Ref", "StripeApiBase")}, SETTINGS)
    told = {stack.name for stack in STACKS if "STRIPE_API_BASE: !Ref StripeApiBase" in known.template(stack)}

    assert told == {"Sales"}


def test_short_forms_are_read_and_written_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text('A: !If [Has, !Ref B, !GetAtt C.Arn]\nD: [!Sub "${E}/*", {F: "true"}]\n')

    value = load(path)

    assert value["A"] == Tagged("If", ["Has", Tagged("Ref", "B"), Tagged("GetAtt", "C.Arn")])
    assert inline(value["A"]) == "!If [Has, !Ref B, !GetAtt C.Arn]"
    assert dump(value["D"], 2) == '  - !Sub "${E}/*"\n  - {F: "true"}\n'


def test_what_stands_between_two_marks_is_written_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a\n# begin things: written by `make templates`\nold\nolder\n# end things\nb\n")

    assert fill(path, {"things": "new\n"}) == "a\n# begin things: written by `make templates`\nnew\n# end things\nb\n"


def test_a_sample_event_follows_its_route_and_keeps_what_people_wrote(tmp_path: Path) -> None:
    path = tmp_path / "make_thing.json"
    path.write_text(sample(endpoint(), path) or "")
    event = json.loads(path.read_text()) | {"body": '{"a": 1}', "pathParameters": {"id": "seven"}}
    path.write_text(json.dumps(event))
    moved = Source("tiny", "store", "make_thing", "PUT", "/api/v1/tiny/{id}/things", "anyone")

    written_again = json.loads(sample(moved, path) or "")

    assert written_again["routeKey"] == written_again["requestContext"]["routeKey"] == "PUT /api/v1/tiny/{id}/things"
    assert written_again["rawPath"] == written_again["requestContext"]["http"]["path"] == "/api/v1/tiny/seven/things"
    assert (written_again["body"], written_again["requestContext"]["http"]["method"]) == ('{"a": 1}', "PUT")


def test_a_job_s_sample_event_is_begun_once_and_then_left_alone(tmp_path: Path) -> None:
    path, source = tmp_path / "do.json", Source("tiny", "jobs", "do", hears=("thing.happened",), tries=2)

    (record,) = json.loads(sample(source, path) or "")["Records"]
    path.write_text("{}")

    assert json.loads(record["body"])["detail"]["type"] == "thing.happened"
    assert record["eventSourceARN"].endswith(":DoQueue")
    assert sample(source, path) is None


def test_operations_stand_in_a_table_by_path_with_who_may_call_them() -> None:
    staff = Source("tiny", "admin", "list_things", "GET", "/api/v1/tiny/admin/things", "things:read")
    table = operations([endpoint(), staff, Source("tiny", "schedules", "clean")]).splitlines()

    assert table[-2:] == [
        "| GET | `/api/v1/tiny/admin/things` | `things:read` | `functions/tiny/admin/list_things.py` |",
        "| POST | `/api/v1/tiny/things` | anyone | `functions/tiny/store/make_thing.py` |",
    ]


def test_a_page_s_table_keeps_its_notes_and_takes_new_rows_from_the_file(tmp_path: Path) -> None:
    folder = a_file(tmp_path, "store/make_thing.py", '"""POST /api/v1/tiny/things: make a thing."""\n')
    a_file(tmp_path, "store/get_thing.py", '"""GET /api/v1/tiny/things: show it."""\n')
    got = Source("tiny", "store", "get_thing", "GET", "/api/v1/tiny/things", "anyone")
    page = "| `POST /old` | `MakeThing` | nobody | 201; twice makes one |\n"

    rows = routes([endpoint(), got], page, folder).splitlines()[2:]

    assert rows == [
        "| `POST /api/v1/tiny/things` | `MakeThing` | anyone | 201; twice makes one |",
        "| `GET /api/v1/tiny/things` | `GetThing` | anyone | show it |",
    ]


@pytest.mark.parametrize("name", ["list_things", "account/list_things", "admin/list_things"])
def test_a_new_endpoint_can_be_loaded_and_says_all_that_must_be_known(tmp_path: Path, name: str) -> None:
    place, text = new_endpoint("sales", name)
    made: dict[str, Any] = {}

    exec(compile(text, place, "exec"), made)
    (source,) = read_functions(a_file(tmp_path, place.partition("/")[2], text))

    assert callable(made["handler"])
    assert (source.name, source.method) == ("ListThings", "GET")
    assert source.path == f"/api/v1/sales/{'admin/' if 'admin' in name else ''}things"


def test_a_new_job_can_be_loaded_and_says_what_it_hears(tmp_path: Path) -> None:
    place, text = new_job("sales", "count_things")
    made: dict[str, Any] = {}

    exec(compile(text, place, "exec"), made)
    (source,) = read_functions(a_file(tmp_path, place.partition("/")[2], text))

    assert callable(made["handler"])
    assert (source.name, source.hears, source.tries) == ("CountThings", ("sales.*",), 3)
