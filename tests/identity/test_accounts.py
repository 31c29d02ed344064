"""Accounts and sessions: in, on, out, and what a stolen or forged token gets."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from ravo.platform import valkey
from ravo.platform.observability import logger
from ravo.platform.valkey_connection import Connection
from tests.gateway import call
from tests.identity.people import IDENTITY, PASSWORD, cookie_of, login, me, refresh, register


def test_who_registers_is_signed_in_as_a_customer(database: Any) -> None:
    reply = register(firstName="Ada", locale="de-AT")

    assert (reply.status, reply.headers["location"]) == (201, f"{IDENTITY}/me")
    assert (reply.data["tokenType"], reply.data["expiresIn"]) == ("Bearer", 900)
    user = reply.data["user"]
    assert (user["email"], user["firstName"], user["locale"]) == ("ada@example.com", "Ada", "de-AT")
    assert (user["roles"], user["permissions"], user["emailVerified"]) == (["customer"], [], False)
    assert me(reply.data["accessToken"]).data == user
    assert "password" not in reply.body.decode().lower()


def test_the_refresh_cookie_is_out_of_reach_of_scripts_and_other_sites(database: Any) -> None:
    refresh_cookie, device_cookie = register().cookies

    for cookie, life in ((refresh_cookie, "max-age=2592000"), (device_cookie, "max-age=15552000")):
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "secure", "samesite=strict", "path=/api/v1/identity", life} <= attributes


def test_one_mail_address_has_one_account_whatever_its_capitals(database: Any) -> None:
    register()

    again = register("ADA@example.com")

    assert (again.status, again.error["message"]) == (
        409,
        "There is already an account with this mail address. Sign in instead.",
    )
    assert login("Ada@Example.com").status == 200


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "a@b"}, "email"),
        ({"email": "a@b.c\r\nbcc: x@y.z"}, "email"),
        ({"email": "x" * 250 + "@example.com"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "x" * 201}, "password"),
        ({"locale": "german"}, "locale"),
        ({"roles": ["super_admin"]}, "roles"),
        ({"emailVerified": True}, "emailVerified"),
    ],
)
def test_a_registration_that_makes_no_sense_is_refused_by_field(
    database: Any, broken: dict[str, Any], field: str
) -> None:
    body = {"email": "ada@example.com", "password": PASSWORD} | broken

    reply = call("identity/store/register", "POST", f"{IDENTITY}/register", body=body)

    assert (reply.status, [d["field"] for d in reply.error["details"]]) == (422, [field])
    assert database.scalar(text("SELECT count(*) FROM users")) == 0
    assert "horse" not in reply.body.decode()


def test_an_unknown_mail_and_a_wrong_password_get_the_same_answer(database: Any) -> None:
    register()

    wrong, unknown = login(password="wrong password"), login("eve@example.com")

    assert (wrong.status, wrong.error) == (401, unknown.error)
    assert unknown.status == 401
    assert wrong.error["message"] == "Mail address or password is wrong."
    assert wrong.cookies == unknown.cookies == []


def test_each_sign_in_and_each_refused_one_leaves_a_log_line_that_names_the_account_by_id(
    database: Any, caplog: pytest.LogCaptureFixture
) -> None:
    user = register().data["user"]["id"]
    logger().setLevel("INFO")

    login()
    login(password="not the password")
    login("nobody@example.com")

    logger().setLevel("WARNING")
    opened, known, unknown = (line for line in caplog.records if line.message in ("session opened", "sign-in refused"))
    assert (opened.message, opened.userId, opened.secondFactor) == ("session opened", user, False)
    assert (known.message, known.userId) == ("sign-in refused", user)
    assert (unknown.message, unknown.userId) == ("sign-in refused", None)
    assert "example.com" not in str([vars(line) for line in caplog.records])


# Spaces at both ends, capitals, letters from elsewhere, and the longest there may be.
PHRASES = [
    "  Spaces around five odd words ",
    "Ünïcode ☂ in a long phrase",
    "".join(chr(0x3B1 + n * 7 % 23) for n in range(200)),
]


@pytest.mark.parametrize("password", PHRASES)
def test_a_password_is_what_was_typed_to_the_last_space(database: Any, password: str) -> None:
    assert register(password=password).status == 201

    assert login(password=password).status == 200
    for other in (password.strip(), password.lower(), password[:-1], password[:64]):
        if other != password:
            assert login(password=other).status == 401


def test_a_hash_of_old_parameters_is_made_anew_at_sign_in(database: Any) -> None:
    from argon2 import PasswordHasher

    register()
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    database.execute(text("UPDATE users SET password_hash = :weak"), {"weak": weak})

    assert login().status == 200

    assert "m=19456,t=2,p=1" in database.scalar(text("SELECT password_hash FROM users"))


def test_a_session_goes_on_with_a_new_cookie_each_time(database: Any) -> None:
    first = cookie_of(register())

    reply = refresh(first)

    assert reply.status == 200
    assert cookie_of(reply) != first
    assert me(reply.data["accessToken"]).status == 200
    assert refresh(cookie_of(reply)).status == 200


def test_a_cookie_used_twice_ends_the_session_everywhere_and_no_other(database: Any) -> None:
    stolen = cookie_of(register())
    other = cookie_of(login())
    newer = cookie_of(refresh(stolen))

    thief = refresh(stolen)

    assert (thief.status, thief.error["message"]) == (401, "Your session has ended. Sign in again.")
    assert refresh(newer).status == 401
    assert refresh(other).status == 200


@pytest.mark.parametrize("cookie", ["__Secure-ravo_refresh=", "__Secure-ravo_refresh=unknown", "other=1"])
def test_an_unknown_cookie_continues_nothing(database: Any, cookie: str) -> None:
    assert refresh(cookie).status == 401


def test_a_cookie_ends_after_thirty_days(database: Any) -> None:
    cookie = cookie_of(register())
    database.execute(text("UPDATE sessions SET expires_at = now()"))

    assert refresh(cookie).status == 401


def test_a_session_that_always_goes_on_ends_after_half_a_year(database: Any) -> None:
    cookie = cookie_of(register())
    database.execute(text("UPDATE sessions SET created_at = now() - interval '179 days'"))

    gone_on = refresh(cookie)

    assert gone_on.status == 200
    left = database.scalar(text("SELECT expires_at - created_at FROM sessions"))
    assert left == timedelta(days=180)
    database.execute(text("UPDATE sessions SET created_at = now() - interval '180 days', expires_at = now()"))
    assert refresh(cookie_of(gone_on)).status == 401


def test_only_a_hash_of_the_cookie_is_kept(database: Any) -> None:
    token = cookie_of(register()).partition("=")[2]

    (kept,) = database.scalars(text("SELECT hash FROM refresh_tokens"))
    assert token.encode() not in bytes(kept)
    assert len(kept) == 32


def test_signing_out_ends_the_session_and_takes_the_cookie(database: Any) -> None:
    cookie = cookie_of(register())

    out = call("identity/store/logout", "POST", f"{IDENTITY}/logout", cookies=[cookie])

    assert (out.status, out.body) == (204, b"")
    assert '__Secure-ravo_refresh=""' in out.cookies[0]
    assert refresh(cookie).status == 401
    assert call("identity/store/logout", "POST", f"{IDENTITY}/logout").status == 204


def test_the_own_name_and_language_can_be_changed_on_the_version_read(database: Any) -> None:
    token = register().data["accessToken"]

    def change(**body: Any) -> Any:
        return call("identity/account/update_me", "PATCH", f"{IDENTITY}/me", body=body, token=token)

    changed = change(version=1, firstName="Augusta", locale="fr")
    assert (changed.data["firstName"], changed.data["locale"], changed.data["version"]) == ("Augusta", "fr", 2)
    assert change(version=1, firstName="Late").error["code"] == "VERSION_CONFLICT"
    assert change(version=2, email="other@example.com").status == 422
    assert change(version=2).data["firstName"] == "Augusta"


def test_a_token_of_a_closed_account_opens_nothing(database: Any) -> None:
    reply = register()
    token, cookie = reply.data["accessToken"], cookie_of(reply)
    database.execute(text("UPDATE users SET deleted_at = now()"))

    assert me(token).status == 404
    update = call("identity/account/update_me", "PATCH", f"{IDENTITY}/me", body={"version": 1}, token=token)
    assert update.status == 404
    assert refresh(cookie).status == 401
    assert login().status == 401


def test_the_published_keys_verify_and_hold_nothing_private(database: Any) -> None:
    from joserfc import jwt
    from joserfc.jwk import KeySet

    reply = call("identity/store/get_jwks", "GET", "/.well-known/jwks.json")
    token = register().data["accessToken"]

    assert set(reply.json) == {"keys"}
    assert all("d" not in key and key["alg"] == "ES256" for key in reply.json["keys"])
    claims = jwt.decode(token, KeySet.import_key_set(reply.json), algorithms=["ES256"]).claims
    assert (claims["iss"], claims["aud"], claims["exp"] - claims["iat"]) == ("ravo", "ravo-api", 900)
    assert "public" in reply.headers["cache-control"]


def test_guessing_is_slowed_by_address_with_and_without_valkey(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = [login(password="wrong password", address="198.51.100.9").status for _ in range(12)]
    assert tries == [401] * 10 + [429] * 2

    def down(*_: Any) -> Any:
        raise TimeoutError

    monkeypatch.setattr(Connection, "execute", down)
    monkeypatch.setattr(valkey, "CIRCUIT_OPEN_SECONDS", 0)
    # Blind, windows begin with the minute, and one may begin in between.
    blind = [login(password="wrong password", address="198.51.100.10") for _ in range(22)]
    assert {reply.status for reply in blind[:10]} == {401}
    refused = [reply for reply in blind if reply.status == 429]
    assert 2 <= len(refused) <= 12
    assert all(0 < int(reply.headers["retry-after"]) <= 60 for reply in refused)


def test_roles_are_seeded_once_and_hold_what_they_should(database: Any) -> None:
    from ravo.identity.roles import service as roles

    def granted() -> dict[str, set[str]]:
        rows = database.execute(
            text("SELECT r.name, permission FROM roles r LEFT JOIN role_permissions p ON p.role_id = r.id")
        ).all()
        return {name: {p for n, p in rows if n == name and p} for name, _ in rows}

    before = granted()
    roles.seed_roles(database)

    assert granted() == before
    assert before["customer"] == set()
    assert before["super_admin"] == {"*"}
    assert "products:publish" in before["admin"]
    assert "products:publish" not in before["editor"]
