"""Two environments that get the same request at the same moment: a session goes on once or ends, and a key acts once."""

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from ravo.platform import database as db
from ravo.platform import valkey
from ravo.platform.settings import forget_settings
from tests.databases import copy_of_the_database
from tests.gateway import Reply, call, context, event, function
from tests.identity.people import IDENTITY, PASSWORD, cookie_of, login, me, refresh, register

ROUNDS = 12
KILLED = 9


@pytest.fixture
def shop(migrated: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database of its own, where what is done is committed."""
    monkeypatch.setenv("DATABASE_URL", copy_of_the_database("two_at_once"))
    forget_settings()
    valkey.execute("FLUSHALL")
    yield
    db.forget_connection()
    monkeypatch.undo()
    forget_settings()


@pytest.fixture
def environments(shop: None) -> Iterator[Callable[..., list[Any]]]:
    """Two processes with connections of their own, that do the same thing at the same moment."""
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as both:
        list(both.map(_ready, range(2)))

        def at_once(act: Callable[..., Any], *arguments: Any) -> list[Any]:
            moment = time.time() + 0.05
            return [done.result() for done in [both.submit(_at, moment, act, *arguments) for _ in range(2)]]

        yield at_once


def _ready(_number: int) -> None:
    """Load what is needed, so that what is measured by the clock is the race alone; long enough that the other one is taken for the second."""
    function("identity/store/refresh")
    refresh("__Secure-ravo_refresh=nobody")
    time.sleep(0.5)


def _at(moment: float, act: Callable[..., Any], *arguments: Any) -> Any:
    time.sleep(max(0.0, moment - time.time()))
    return act(*arguments)


def _refreshed(cookie: str) -> tuple[int, str, str]:
    reply = refresh(cookie)
    if reply.status != 200:
        return reply.status, "", ""
    return reply.status, cookie_of(reply), reply.data["accessToken"]


def test_of_two_refreshes_at_once_with_one_cookie_one_goes_on_and_the_session_ends(
    environments: Callable[..., list[Any]],
) -> None:
    cookie = cookie_of(register())
    for _ in range(ROUNDS):
        replies = environments(_refreshed, cookie)

        assert sorted(status for status, _, _ in replies) == [200, 401]
        ((_, newer, access),) = [reply for reply in replies if reply[0] == 200]
        # Whoever came second may be a thief: nobody goes on.
        assert refresh(newer).status == 401
        assert me(access).status == 401
        valkey.execute("FLUSHALL")
        cookie = cookie_of(login())


def _refreshed_under_key(cookie: str, key: str) -> tuple[int, bytes, list[str]]:
    reply = refresh(cookie, headers={"idempotency-key": key})
    return reply.status, reply.body, reply.cookies


def test_of_two_refreshes_at_once_under_one_key_none_is_a_reuse(environments: Callable[..., list[Any]]) -> None:
    cookie, clean = cookie_of(register()), 0
    for turn in range(ROUNDS):
        replies = environments(_refreshed_under_key, cookie, f"race-{turn}")

        if 401 in {status for status, _, _ in replies}:
            # moto let both through, see below; then it is a reuse.
            cookie = cookie_of(login())
            continue
        clean += 1
        # One acts; the other is told to come back, or has the same answer already.
        assert {status for status, _, _ in replies} <= {200, 409}
        first = next(reply for reply in replies if reply[0] == 200)
        assert _refreshed_under_key(cookie, f"race-{turn}") == first
        assert all(reply == first for reply in replies if reply[0] == 200)
        cookie = first[2][0].partition(";")[0]
    assert clean > ROUNDS // 2


def _registered(email: str, key: str) -> int:
    body = {"email": email, "password": PASSWORD}
    headers = {"idempotency-key": key}
    return call("identity/store/register", "POST", f"{IDENTITY}/register", body=body, headers=headers).status


def test_of_two_registrations_at_once_under_one_key_one_account_comes(environments: Callable[..., list[Any]]) -> None:
    for turn in range(ROUNDS):
        statuses = environments(_registered, f"ada{turn}@example.com", f"register-{turn}")
        valkey.execute("FLUSHALL")

        assert set(statuses) <= {201, 409}
        assert 201 in statuses
        # moto checks and writes in two steps where DynamoDB does both in one, so now and then it lets both through: then the
        # account's own constraint refuses the second, and either answer may be the one that is kept.
        assert _registered(f"ada{turn}@example.com", f"register-{turn}") in {201, 409}
    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM users")) == ROUNDS


KEY = {"idempotency-key": "killed"}


def _register_and_die() -> None:
    """Be killed once the account is committed, before its answer is kept."""
    from ravo.platform.http.idempotency.crypto import IdempotentRequest

    IdempotentRequest.seal = lambda *_: os._exit(KILLED)  # type: ignore[method-assign]
    about = context("Register")
    about.get_remaining_time_in_millis = lambda: 1_500
    function("identity/store/register").handler(_registration(), about)


def _registration() -> dict[str, Any]:
    body = {"email": "ada@example.com", "password": PASSWORD}
    return event("POST", f"{IDENTITY}/register", body=body, headers=KEY)


def test_a_key_whose_first_request_died_may_act_again_once_that_can_not_be_under_way_any_more(shop: None) -> None:
    dying = multiprocessing.get_context("spawn").Process(target=_register_and_die)
    dying.start()
    dying.join()
    assert dying.exitcode == KILLED

    def again() -> Reply:
        body = {"email": "ada@example.com", "password": PASSWORD}
        return call("identity/store/register", "POST", f"{IDENTITY}/register", body=body, headers=KEY)

    waiting = again()
    time.sleep(1.5)
    acted = again()

    assert (waiting.status, waiting.headers["retry-after"]) == (409, "1")
    assert "under way" in waiting.error["message"]
    # It acts, and finds what the dead one did.
    assert (acted.status, acted.error["message"]) == (
        409,
        "There is already an account with this mail address. Sign in instead.",
    )
