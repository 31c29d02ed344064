"""Sessions that end: at once for every function, whatever life their access tokens have left, and never halfway."""

import json
from typing import Any

import pytest

from ravo.platform import revocations, tokens, valkey
from ravo.platform.database import after_commit, transaction
from ravo.platform.ids import uuid7
from ravo.platform.time import now
from tests.identity.people import cookie_of, login, logout, me, refresh, register


def principal(token: str) -> tokens.Principal:
    return tokens.verify(token)


def test_a_session_that_was_signed_out_of_lets_nobody_in_any_more_and_others_go_on(database: Any) -> None:
    first, second = register(), login()

    logout(cookie_of(first))

    refused = me(first.data["accessToken"])
    assert (refused.status, refused.error["code"]) == (401, "UNAUTHENTICATED")
    assert refused.error["message"] == "Your session has ended. Sign in again."
    assert "ratelimit-remaining" in refused.headers
    assert me(second.data["accessToken"]).status == 200


def test_a_new_sign_in_ends_the_session_that_the_browser_had_and_no_other(database: Any) -> None:
    elsewhere, before = register(), login()

    here = login(cookies=[cookie_of(before)])

    assert here.status == 200
    assert [me(reply.data["accessToken"]).status for reply in (elsewhere, before, here)] == [200, 401, 200]
    assert refresh(cookie_of(before)).status == 401
    assert refresh(cookie_of(elsewhere)).status == 200


def test_whose_the_browser_s_session_was_makes_no_difference(database: Any) -> None:
    ada = register()

    eve = register("eve@example.com", cookies=[cookie_of(ada)])

    assert eve.status == 201
    assert [me(reply.data["accessToken"]).status for reply in (ada, eve)] == [401, 200]


def test_a_cookie_that_went_on_since_stands_for_its_session_all_the_same(database: Any) -> None:
    before = register()
    newer = refresh(cookie_of(before))

    login(cookies=[cookie_of(before)])

    assert me(newer.data["accessToken"]).status == 401


def test_a_sign_in_that_is_refused_ends_nothing(database: Any) -> None:
    before = register()

    assert login(password="wrong", cookies=[cookie_of(before)]).status == 401

    assert me(before.data["accessToken"]).status == 200


@pytest.mark.parametrize("cookie", ["__Secure-ravo_refresh=", "__Secure-ravo_refresh=unknown"])
def test_a_cookie_that_is_none_is_no_obstacle_to_signing_in(database: Any, cookie: str) -> None:
    before = register()

    assert login(cookies=[cookie]).status == 200

    assert me(before.data["accessToken"]).status == 200


def test_a_cookie_used_twice_ends_the_access_tokens_of_its_session_too(database: Any) -> None:
    opened = register()
    newer = refresh(cookie_of(opened))

    refresh(cookie_of(opened))

    assert [me(reply.data["accessToken"]).status for reply in (opened, newer)] == [401, 401]


def test_what_a_user_was_given_before_a_moment_ends_and_what_comes_after_is_good(database: Any) -> None:
    reply = register()
    user = principal(reply.data["accessToken"]).id

    revocations.end_tokens(user, now())

    assert me(reply.data["accessToken"]).status == 401
    # In the same second, perhaps in the same millisecond.
    assert me(login().data["accessToken"]).status == 200
    assert refresh(cookie_of(reply)).status == 200


def test_an_ended_session_is_remembered_for_as_long_as_its_tokens_would_live(database: Any) -> None:
    user, session = uuid7(), uuid7()

    revocations.end_session(user, session)
    revocations.end_tokens(user, now())

    lives = [valkey.execute("TTL", key) for key in revocations.keys_of(user, session)]
    assert all(15 * 60 + 10 < life <= 16 * 60 for life in lives)


def test_what_ended_and_what_is_counted_of_a_user_lie_in_one_place_of_a_cluster(database: Any) -> None:
    from redis.cluster import key_slot

    user = uuid7()

    keys = [*revocations.keys_of(user, uuid7()), f"limits:{{{revocations.place_of(user)}}}:user:now"]
    assert len({key_slot(key.encode()) for key in keys}) == 1


def test_to_look_for_ended_sessions_costs_no_round_trip_of_its_own(database: Any, round_trips: list[Any]) -> None:
    token = register().data["accessToken"]
    me(token)
    round_trips.clear()

    me(token)

    assert len(round_trips) == 1


def test_without_valkey_a_session_ends_and_its_tokens_with_their_time(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ravo.platform.settings import forget_settings

    opened = register()
    monkeypatch.setenv("VALKEY_URL", "unix:///nowhere.sock")
    forget_settings()
    valkey.forget_connection()

    out = logout(cookie_of(opened))

    assert out.status == 204
    assert me(opened.data["accessToken"]).status == 200
    assert refresh(cookie_of(opened)).status == 401
    monkeypatch.undo()
    forget_settings()
    valkey.forget_connection()


def test_what_follows_a_commit_is_not_done_after_a_rollback_nor_before_it(database: Any) -> None:
    done: list[str] = []

    def fail() -> None:
        with transaction() as session:
            after_commit(session, lambda: done.append("rolled back"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with transaction() as session:
        after_commit(session, lambda: done.append("committed"))
        assert done == []

    assert done == ["committed"]


def test_a_commit_stands_whatever_comes_of_telling_and_that_is_counted(
    database: Any, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    done: list[int] = []

    with transaction() as session:
        after_commit(session, lambda: done.append(1 // 0))
        after_commit(session, lambda: done.append(2))

    assert done == [2]
    assert [record.message for record in caplog.records] == ["what follows a commit failed"]
    counted = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert [line["AfterCommitFailed"] for line in counted] == [[1.0]]
