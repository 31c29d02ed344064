"""Where someone is signed in, and signing devices out; and what the night takes away."""

from typing import Any

from sqlalchemy import text

from tests.catalog.shop import NOWHERE
from tests.conftest import token_for
from tests.identity.accounts import send, sessions
from tests.identity.people import cookie_of, login, refresh, register
from tests.jobs import scheduled


def end(session_id: str, token: str | None) -> Any:
    return send("account/end_session", "DELETE", f"me/sessions/{session_id}", token=token)


def end_others(token: str | None) -> Any:
    return send("account/end_other_sessions", "DELETE", "me/sessions", token=token)


def test_each_sign_in_is_listed_with_its_device_the_last_used_first(database: Any) -> None:
    register("eve@example.com")
    register()
    here = login(address="198.51.100.77", headers={"user-agent": "Browser/1.0"}).data["accessToken"]

    reply = sessions(here)

    assert reply.status == 200
    this, first = reply.data
    assert (this["userAgent"], this["networkAddress"], this["isCurrent"]) == ("Browser/1.0", "198.51.100.77", True)
    assert (first["userAgent"], first["isCurrent"]) == ("tests", False)
    assert this.keys() == {
        "id", "userAgent", "networkAddress", "createdAt", "lastUsedAt", "expiresAt", "isCurrent",
    }  # fmt: skip
    assert reply.json["pagination"]["total"] == 2
    second = sessions(here, limit=1, page=2)
    assert [each["id"] for each in second.data] == [first["id"]]


def test_ended_and_expired_sessions_are_not_listed(database: Any) -> None:
    first = register()
    expired = login().data["accessToken"]
    database.execute(text("UPDATE sessions SET expires_at = now() WHERE id = :id"), {"id": current(expired)})
    here = login().data["accessToken"]
    send("store/logout", "POST", "logout", cookies=[cookie_of(first)])

    assert [each["isCurrent"] for each in sessions(here).data] == [True]


def current(token: str) -> str:
    """The id of the session that a token is of."""
    (this,) = [each["id"] for each in sessions(token).data if each["isCurrent"]]
    return this


def test_a_device_is_signed_out_from_another(database: Any) -> None:
    lost = register()
    here = login()

    assert end(current(lost.data["accessToken"]), here.data["accessToken"]).status == 204

    assert refresh(cookie_of(lost)).status == 401
    assert refresh(cookie_of(here)).status == 200
    assert len(sessions(here.data["accessToken"]).data) == 1


def test_a_strangers_session_is_not_there_and_goes_on(database: Any) -> None:
    eve = register("eve@example.com")
    token = register().data["accessToken"]
    theirs = current(eve.data["accessToken"])

    answers = [end(theirs, token), end(NOWHERE, token)]

    assert [reply.status for reply in answers] == [404, 404]
    assert answers[0].error == answers[1].error
    assert refresh(cookie_of(eve)).status == 200
    assert end("x", token).status == 422
    assert end(theirs, None).status == 401


def test_ending_a_session_twice_finds_it_no_longer(database: Any) -> None:
    other = current(register().data["accessToken"])
    token = login().data["accessToken"]

    assert [end(other, token).status for _ in range(2)] == [204, 404]


def test_all_others_are_signed_out_at_once(database: Any) -> None:
    eve = register("eve@example.com")
    others = [register(), login()]
    here = login()

    assert end_others(here.data["accessToken"]).status == 204

    assert [refresh(cookie_of(each)).status for each in others] == [401, 401]
    assert [refresh(cookie_of(each)).status for each in (here, eve)] == [200, 200]
    assert end_others(here.data["accessToken"]).status == 204
    assert end_others(None).status == 401


def test_a_machine_has_no_sessions(database: Any) -> None:
    register()

    assert sessions(token_for("*")).data == []
    assert end_others(token_for("*")).status == 204
    assert database.scalar(text("SELECT count(*) FROM sessions WHERE ended_at IS NULL")) == 1


def test_listing_costs_two_statements_however_many_there_are(database: Any, statements: list[str]) -> None:
    token = register().data["accessToken"]
    for _ in range(5):
        login()
    statements.clear()

    assert len(sessions(token).data) == 6
    assert len(statements) == 2


def test_the_night_takes_away_what_ended_long_ago_and_nothing_else(database: Any) -> None:
    register()
    for _ in range(4):
        refresh(cookie_of(login()))
    ids = list(database.scalars(text("SELECT id FROM sessions ORDER BY id")))
    for statement in (
        "UPDATE sessions SET ended_at = now() - interval '31 days' WHERE id = :id0",
        "UPDATE sessions SET ended_at = now() - interval '29 days' WHERE id = :id1",
        "UPDATE sessions SET expires_at = now() - interval '31 days' WHERE id = :id2",
        "UPDATE sessions SET expires_at = now() - interval '29 days' WHERE id = :id3",
        "UPDATE refresh_tokens SET used_at = now() - interval '31 days' WHERE session_id = :id4 AND used_at IS NOT NULL",
    ):
        names = {f"id{n}": each for n, each in enumerate(ids) if f":id{n}" in statement}
        database.execute(text(statement), names)
    user = database.scalar(text("SELECT id FROM users"))
    add = """INSERT INTO mailed_tokens (id, user_id, purpose, hash, email, expires_at)
             VALUES (uuid7(), :user, 'verify_email', :hash, 'a@example.com', now() - make_interval(days => :days))"""
    for days in (6, 8):
        database.execute(text(add), {"user": user, "hash": bytes([days]) * 32, "days": days})

    scheduled("identity/schedules/clean_tokens")

    assert list(database.scalars(text("SELECT id FROM sessions ORDER BY id"))) == [ids[1], ids[3], ids[4]]
    assert database.scalar(text("SELECT count(*) FROM mailed_tokens")) == 1
    left = "SELECT count(*) FROM refresh_tokens WHERE session_id = :id"
    # Of the session that goes on, the token that was used long ago is gone and the one to be used next is there.
    assert [database.scalar(text(left), {"id": ids[n]}) for n in (1, 3, 4)] == [2, 2, 1]
    before = database.scalar(text("SELECT count(*) FROM refresh_tokens"))
    scheduled("identity/schedules/clean_tokens")
    assert database.scalar(text("SELECT count(*) FROM refresh_tokens")) == before
