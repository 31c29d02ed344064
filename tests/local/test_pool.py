"""Execution environments: one event at a time, replaced when they die or take too long."""

import asyncio
import os
import signal
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from local.cloud import Function
from local.iam import Grant
from local.invocations import LARGEST_ANSWER, Outcome
from local.pool import Pool
from local.rights import Rights, write

type Written = Callable[..., Function]
type Script = Callable[[Pool], Awaitable[Any]]

ECHO = """
import os
def handler(event, context):
    print("seen", event)
    return {"event": event, "pid": os.getpid(), "id": context.aws_request_id, "name": context.function_name,
            "left": context.get_remaining_time_in_millis(), "memory": context.memory_limit_in_mb}
"""
SLOW = """
import pathlib, time
def handler(event, context):
    pathlib.Path(event["began"]).touch()
    time.sleep(event.get("seconds", 0.3))
    pathlib.Path(event["began"]).with_suffix(".done").touch()
    return "old"
"""


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Any]:
    """Run a script with a pool of one environment, or of so many."""

    def go(script: Script, size: int = 1) -> Any:
        async def main() -> Any:
            pool = Pool(tmp_path, {"PATH": os.environ["PATH"]}, size=size)
            await pool.start()
            try:
                return await script(pool)
            finally:
                pool.stop()

        return asyncio.run(main())

    return go


ASKING = """
import boto3
def handler(event, context):
    boto3.client("sqs", "eu-central-1").get_queue_url(QueueName="Jobs")
"""


def test_a_worker_holds_each_function_to_its_own_grants(written: Written, tmp_path: Path) -> None:
    may, may_not = written("may", ASKING), written("may_not", ASKING)
    granting = Grant("P", ("sqs:GetQueueUrl",), ("arn:aws:sqs:eu-central-1:123456789012:Jobs",))
    write(tmp_path / "rights.json", {"may": Rights((granting,), {})})
    environment = {"PATH": os.environ["PATH"], "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    environment |= {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}

    async def main() -> list[Outcome]:
        pool = Pool(tmp_path, environment, size=1, rights=tmp_path / "rights.json")
        await pool.start()
        try:
            return [await pool.invoke(each, {}) for each in (may, may_not, may)]
        finally:
            pool.stop()

    asked, denied, again = asyncio.run(main())
    # Granted, it is asked of whoever is there: nobody.
    assert (asked.error, again.error) == ("EndpointConnectionError",) * 2
    assert denied.error == "ClientError"
    assert denied.log == (
        "AccessDenied: may_not has no grant for sqs:GetQueueUrl on arn:aws:sqs:eu-central-1:123456789012:Jobs\n"
    )


async def seen(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} was not seen"
        await asyncio.sleep(0.01)


def test_a_function_is_told_who_it_is_and_how_long_it_may_run(run: Any, written: Written) -> None:
    echo = written("echo", ECHO, timeout=60)

    async def script(pool: Pool) -> None:
        first, second = await pool.invoke(echo, {"a": "ä"}), await pool.invoke(echo, None)
        assert first.result["event"] == {"a": "ä"}
        assert second.result["event"] is None
        assert (first.result["name"], first.result["memory"]) == ("echo", 256)
        assert 30_000 < first.result["left"] <= 60_000
        assert first.log == "seen {'a': 'ä'}\n"
        ids = [first.result["id"], second.result["id"]]
        assert ids == [invocation.request_id for invocation in pool.invocations]
        assert len({uuid.UUID(one) for one in ids}) == 2

    run(script)


def test_a_worker_killed_during_a_call_answers_an_error_and_is_replaced(
    run: Any, written: Written, tmp_path: Path
) -> None:
    slow, echo = written("slow", SLOW), written("echo", ECHO)

    async def script(pool: Pool) -> None:
        (victim,) = pool.pids
        call = asyncio.ensure_future(pool.invoke(slow, {"began": str(tmp_path / "began"), "seconds": 30}))
        await seen(tmp_path / "began")
        os.kill(victim, signal.SIGKILL)
        assert (await call).error == "Runtime.ExitError"
        assert (await pool.invoke(echo, 1)).result["pid"] != victim
        assert [invocation.outcome for invocation in pool.invocations] == ["Runtime.ExitError", "ok"]

    run(script)


def test_a_worker_killed_while_idle_is_replaced_soon(run: Any, written: Written) -> None:
    echo = written("echo", ECHO)

    async def script(pool: Pool) -> None:
        (victim,) = pool.pids
        os.kill(victim, signal.SIGKILL)
        while pool.pids in ([], [victim]):
            await asyncio.sleep(0.01)
        assert (await pool.invoke(echo, 1)).error is None
        assert len(pool.pids) == 1

    run(script)


def test_a_call_over_its_time_answers_so_and_its_environment_is_replaced(
    run: Any, written: Written, tmp_path: Path
) -> None:
    slow, echo = written("slow", SLOW, timeout=1), written("echo", ECHO)

    async def script(pool: Pool) -> None:
        (victim,) = pool.pids
        began = time.monotonic()
        outcome = await pool.invoke(slow, {"began": str(tmp_path / "began"), "seconds": 30})
        assert (outcome.error, outcome.message) == ("Timeout", "Task timed out after 1.00 seconds")
        assert time.monotonic() - began < 2
        assert (await pool.invoke(echo, 1)).result["pid"] != victim
        assert not Path(f"/proc/{victim}").exists()

    run(script)


def test_what_a_caller_began_goes_on_without_it(run: Any, written: Written, tmp_path: Path) -> None:
    slow, echo = written("slow", SLOW), written("echo", ECHO)

    async def script(pool: Pool) -> None:
        (worker,) = pool.pids
        call = asyncio.ensure_future(pool.invoke(slow, {"began": str(tmp_path / "began")}))
        await seen(tmp_path / "began")
        call.cancel()
        # The next call waits until the environment is free, which stays the same one.
        assert (await pool.invoke(echo, 1)).result["pid"] == worker
        assert (tmp_path / "began.done").exists()

    run(script)


def test_calls_that_wait_are_served_in_their_order(run: Any, written: Written) -> None:
    echo = written("echo", ECHO)

    async def script(pool: Pool) -> None:
        order: list[int] = []

        async def call(number: int) -> None:
            await pool.invoke(echo, number)
            order.append(number)

        await asyncio.gather(*map(call, range(20)))
        assert order == list(range(20))

    run(script)


def test_a_caller_that_waits_in_vain_takes_no_environment_with_it(run: Any, written: Written, tmp_path: Path) -> None:
    slow, echo = written("slow", SLOW), written("echo", ECHO)

    async def script(pool: Pool) -> None:
        busy = asyncio.ensure_future(pool.invoke(slow, {"began": str(tmp_path / "began")}))
        waiting = asyncio.ensure_future(pool.invoke(echo, "never"))
        await seen(tmp_path / "began")
        waiting.cancel()
        assert (await busy).result == "old"
        assert (await pool.invoke(echo, "now")).result["event"] == "now"

    run(script)


def test_after_a_renewal_every_call_meets_the_new_code(run: Any, written: Written, tmp_path: Path) -> None:
    slow = written("slow", SLOW)

    async def script(pool: Pool) -> None:
        busy = asyncio.ensure_future(pool.invoke(slow, {"began": str(tmp_path / "began")}))
        await seen(tmp_path / "began")
        before = set(pool.pids)
        written("slow", "def handler(event, context): return 'new'")
        await pool.renew()
        later = await asyncio.gather(*(pool.invoke(slow, {}) for _ in range(6)))
        assert (await busy).result == "old"
        assert [outcome.result for outcome in later] == ["new"] * 6
        assert len(pool.pids) == 3
        assert not before & set(pool.pids)

    run(script, 3)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("def handler(event, context): raise KeyError('lost')", "KeyError"),
        ("import sys\ndef handler(event, context): sys.exit(3)", "SystemExit"),
        ("import nothing_of_this_name", "ModuleNotFoundError"),
    ],
)
def test_a_function_that_fails_says_how_and_its_environment_goes_on(
    run: Any, written: Written, code: str, error: str
) -> None:
    failing, echo = written("failing", code), written("echo", ECHO)

    async def script(pool: Pool) -> None:
        outcome = await pool.invoke(failing, {})
        assert outcome.error == error
        assert "failing.py" in outcome.message
        assert (await pool.invoke(echo, 1)).error is None

    run(script)


def test_a_result_that_is_no_json_is_the_function_s_error(run: Any, written: Written) -> None:
    odd = written("odd", "def handler(event, context): return object()")
    assert run(lambda pool: pool.invoke(odd, {})).error == "TypeError"


def test_answers_of_every_size_arrive_whole_up_to_lambdas_limit(run: Any, written: Written) -> None:
    large = written("large", "def handler(event, context): return {'statusCode': 200, 'body': 'ä' * event}")

    async def script(pool: Pool) -> list[Outcome]:
        return [await pool.invoke(large, size) for size in (0, 3, 2_000_000, LARGEST_ANSWER)]

    *whole, over = run(script)
    assert [len(outcome.body or b"") for outcome in whole] == [0, 6, 4_000_000]
    assert over.error == "Function.ResponseSizeTooLarge"


def test_stopping_leaves_no_process(run: Any, written: Written, tmp_path: Path) -> None:
    slow = written("slow", SLOW)
    pids: list[int] = []

    async def script(pool: Pool) -> None:
        pids.extend(pool.pids)
        call = asyncio.ensure_future(pool.invoke(slow, {"began": str(tmp_path / "began"), "seconds": 30}))
        await seen(tmp_path / "began")
        pool.stop()
        assert (await call).error == "Runtime.ExitError"
        assert pool.pids == []

    run(script, 2)
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
