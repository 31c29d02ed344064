"""Every function once as Lambda runs it: under the Runtime API, in its own process, with its own layers alone."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any
from uuid import UUID

import pytest

from local.cloud import Cloud, Function, Layer, Route
from local.connections import Request
from local.gateway import event_of
from local.invocations import Outcome
from local.isolated import Isolated
from local.rights import Rights, write
from local.routing import Match
from local.templates import read_cloud
from tests.conftest import ENVIRONMENT, THOROUGH
from tests.databases import copy_of_the_database
from tests.local.conftest import ROOT

AT_ONCE = 2
ANYTHING = str(UUID(int=7))


def one_of_each() -> list[str]:
    """Return the functions to start: all in a thorough run, otherwise one for each surface and set of layers."""
    functions = read_cloud(ROOT).functions
    if THOROUGH in os.environ:
        return sorted(functions)
    kinds = {
        (Path(each.module).parent.name, *(layer.folder for layer in each.layers)): name
        for name, each in sorted(functions.items())
    }
    return sorted(kinds.values())


NAMES = one_of_each()

# A message that no job can read: it is reported as failed, which a job does by all that its layers bring.
SQS = {
    "Records": [
        {
            "messageId": ANYTHING,
            "receiptHandle": "handle",
            "body": '{"detail": {}}',
            "attributes": {"ApproximateReceiveCount": "1"},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:nowhere",
        }
    ]
}

type Written = Callable[..., Function]


def run(
    state: Path, environment: dict[str, str], *calls: tuple[Function, Any], rights: Path | None = None
) -> list[Outcome]:
    async def main() -> list[Outcome]:
        isolated = Isolated(state, environment, rights=rights)
        turns = asyncio.Semaphore(AT_ONCE)

        async def call(function: Function, event: Any) -> Outcome:
            async with turns:
                return await isolated.invoke(function, event)

        await isolated.start()
        try:
            return await asyncio.gather(*(call(*one) for one in calls))
        finally:
            isolated.stop()

    return asyncio.run(main())


def event_for(cloud: Cloud, function: Function) -> Any:
    """The recorded event of a function, or the plainest one that its source would send."""
    recorded = ROOT / "events" / Path(function.module).parts[0] / f"{Path(function.module).name}.json"
    if recorded.exists():
        return json.loads(recorded.read_text())
    route = next((route for route in cloud.routes if route.function == function.name), None)
    if route:
        return http_event(route)
    if any(mapping.function == function.name for mapping in cloud.mappings):
        return SQS
    return {}


def http_event(route: Route) -> dict[str, Any]:
    request = Request()
    names = [part[1:-1].rstrip("+") for part in route.path.split("/") if part.startswith("{")]
    request.method = route.method
    request.path = "/".join(ANYTHING if part.startswith("{") else part for part in route.path.split("/"))
    request.headers = [("host", "localhost"), ("content-type", "application/json")]
    request.body = b"{}" if route.method in ("POST", "PUT", "PATCH") else b""
    return event_of(request, Match(route, dict.fromkeys(names, ANYTHING)))


@pytest.fixture(scope="module")
def surroundings(migrated: None) -> dict[str, str]:
    """The variables that functions find, with a database of their own."""
    places = ("DATABASE_URL", "VALKEY_URL", "AWS_ENDPOINT_URL", "SIGNING_KEY", "VERIFICATION_KEYS", "SEALING_SECRET")
    places += ("STRIPE_API_KEY", "STRIPE_API_BASE", "STRIPE_WEBHOOK_SECRET")
    environment = ENVIRONMENT | {name: os.environ[name] for name in (*places, "PATH")}
    environment["DATABASE_URL"] = copy_of_the_database("isolated")
    # The layer that brings the migrations says where they are.
    del environment["MIGRATIONS_PATH"]
    return environment | {"POWERTOOLS_TRACE_DISABLED": "true"}


@pytest.fixture(scope="module")
def outcomes(
    surroundings: dict[str, str], cloud: Cloud, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Outcome]:
    """Each function's answer to one event under its grants, all of them run in one go."""
    state = tmp_path_factory.mktemp("isolated")
    write(state / "rights.json", cloud.rights)
    calls = [(cloud.functions[name], event_for(cloud, cloud.functions[name])) for name in NAMES]
    return dict(zip(NAMES, run(state, surroundings, *calls, rights=state / "rights.json"), strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_a_function_answers_with_its_own_layers_alone(outcomes: dict[str, Outcome], name: str) -> None:
    outcome = outcomes[name]
    assert outcome.error is None, f"{outcome.message}\n{outcome.log}"
    assert "AccessDenied" not in outcome.log
    if isinstance(outcome.result, dict):
        assert outcome.result.get("batchItemFailures", []) in ([], [{"itemIdentifier": ANYTHING}])
        assert outcome.result.get("statusCode", 200) < 500, outcome.body


def test_a_process_holds_its_function_to_its_grants(surroundings: dict[str, str], cloud: Cloud, tmp_path: Path) -> None:
    held = cloud.functions["CreateCart"]
    rights = tmp_path / "rights.json"
    write(rights, {held.name: Rights((), held.rights.places)})

    (denied,) = run(tmp_path, surroundings, (held, event_for(cloud, held)), rights=rights)

    assert denied.error is None, denied.message
    assert denied.result["statusCode"] == 503
    assert (
        "AccessDenied: CreateCart has no grant for secretsmanager:GetSecretValue"
        " on arn:aws:secretsmanager:eu-central-1:123456789012:secret:OriginSecret" in denied.log
    )


def layered(function: Function, tmp_path: Path) -> Function:
    """The same function with one layer, which brings the module `greeting`, and a file."""
    built, plain = tmp_path / "shared", tmp_path / "data"
    built.mkdir()
    plain.mkdir()
    (built / "greeting.py").write_text("WORD = 'hello'")
    (plain / "word.txt").write_text("from a file")
    layers = (Layer("Shared", built, True), Layer("Data", plain, False))
    environment = {"DATA": "/opt/word.txt"}
    return Function(
        function.name, function.module, function.code, function.handler, environment, 256, function.timeout, layers
    )


GREET = """
import os, greeting
def handler(event, context):
    print("greeting")
    return {"word": greeting.WORD, "file": open(os.environ["DATA"]).read(), "event": event, "name": context.function_name}
"""


def test_a_layer_s_module_and_file_are_found_by_who_has_it_and_by_no_other(written: Written, tmp_path: Path) -> None:
    with_layers, bare = layered(written("greet", GREET), tmp_path), written("greet_bare", GREET)
    having, lacking = run(tmp_path / "state", {}, (with_layers, {"a": 1}), (bare, {}))
    assert having.result == {"word": "hello", "file": "from a file", "event": {"a": 1}, "name": "greet"}
    assert "greeting" in having.log
    assert lacking.error == "Runtime.ImportModuleError"
    assert "greeting" in lacking.message


@pytest.mark.parametrize(
    "line",
    [
        "import fastapi",
        "import pytest",
        "import local",
        "import functions.other.jobs.helper",
        "import other.jobs.helper",
        "from ravo.platform import aws",
    ],
)
def test_what_stands_beside_a_function_on_this_machine_is_not_there(
    written: Written, tmp_path: Path, line: str
) -> None:
    other = tmp_path / "functions" / "other" / "jobs"
    other.mkdir(parents=True)
    (other / "helper.py").touch()
    function = written("reaching", f"{line}\ndef handler(event, context): return 1")
    write(tmp_path / "rights.json", {})
    for rights in (None, tmp_path / "rights.json"):
        (outcome,) = run(tmp_path / "state", {"PYTHONPATH": str(ROOT)}, (function, {}), rights=rights)
        assert outcome.error == "Runtime.ImportModuleError"


def test_a_function_may_import_from_its_own_domain(written: Written, tmp_path: Path) -> None:
    written("helper", "WORD = 'own'")
    function = written("using", "from jobs.helper import WORD\ndef handler(event, context): return WORD")
    (outcome,) = run(tmp_path / "state", {}, (function, {}))
    assert outcome.result == "own"


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("def handler(event, context): raise KeyError('lost')", "KeyError"),
        ("import os\ndef handler(event, context): os._exit(1)", "Runtime.ExitError"),
        ("import os\nos._exit(1)", "Runtime.ExitError"),
        ("import time\ndef handler(event, context): time.sleep(30)", "Timeout"),
        ("def handler(event, context): return 'x' * 7_000_000", "Function.ResponseSizeTooLarge"),
        ("WORD = 1", "Runtime.HandlerNotFound"),
    ],
)
def test_what_goes_wrong_is_told_apart_and_the_next_call_meets_a_new_process(
    written: Written, tmp_path: Path, code: str, error: str
) -> None:
    failing = written("failing", code, timeout=1)

    async def main() -> None:
        isolated = Isolated(tmp_path / "state", {})
        await isolated.start()
        try:
            assert (await isolated.invoke(failing, {})).error == error
            written("failing", "def handler(event, context): return 'mended'")
            await isolated.renew()
            assert (await isolated.invoke(failing, {})).result == "mended"
            assert (await isolated.invoke(failing, {})).result == "mended"
        finally:
            isolated.stop()

    asyncio.run(main())


def test_a_process_serves_one_call_after_the_other(written: Written, tmp_path: Path) -> None:
    counting = written(
        "counting",
        dedent("""
        import os, time
        running = 0
        def handler(event, context):
            global running
            running += 1
            time.sleep(0.05)
            found, running = running, 0
            return [found, os.getpid()]
        """),
    )
    outcomes = run(tmp_path / "state", {}, *[(counting, {})] * 3)
    assert [outcome.result[0] for outcome in outcomes] == [1, 1, 1]
    assert len({outcome.result[1] for outcome in outcomes}) == 1
