"""Signing in by another provider: into the right account, out of no other, and to a clear end whatever the provider does."""

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.adapters.providers import Person, wire
from ravo.identity.oauth import service
from ravo.identity.oauth.attempts import Returned
from ravo.identity.oauth.errors import Reason
from ravo.identity.oauth.replies import _shop_address
from ravo.identity.oauth.schemas import OwnPath
from ravo.identity.oauth.service import Landing
from ravo.identity.service import Device
from ravo.platform.settings import forget_settings, settings
from tests.at_once import connections, in_transactions_at_once
from tests.gateway import Reply, call
from tests.identity.people import IDENTITY, login, me, refresh, register
from tests.identity.providers import SHOP, brought, choose, cookie_of, finish, misbehaving, saying, sign_in, start
from tests.jobs import recorded

PROVIDERS = ["google", "github"]


@pytest.fixture(autouse=True)
def _settings(database: Any) -> Iterator[None]:
    yield
    forget_settings()


def everything(database: Any) -> list[Any]:
    tables = ("users", "user_roles", "oauth_accounts", "sessions", "refresh_tokens", "outbox_events")
    return [sorted(map(str, database.execute(text(f"SELECT * FROM {table}")))) for table in tables]


def verified(database: Any, email: str = "mia@people.example") -> Reply:
    reply = register(email)
    database.execute(text("UPDATE users SET email_verified_at = now() WHERE email = :email"), {"email": email})
    return reply


def reason(reply: Reply) -> str:
    """Why someone came out without a session."""
    assert reply.status == 303
    assert not any(
        cookie.startswith(("__Secure-ravo_refresh=", "__Secure-ravo_challenge=")) for cookie in reply.cookies
    )
    return brought(reply.headers["location"])["error"]


# There and back


@pytest.mark.parametrize("provider", PROVIDERS)
def test_who_is_new_gets_an_account_with_a_proven_mail_address_and_no_password(database: Any, provider: str) -> None:
    back = sign_in(provider, "mia", {"returnTo": "/account/orders?page=2", "locale": "de"})

    assert (back.status, back.headers["location"]) == (303, f"{SHOP}/account/orders?page=2")
    assert back.headers["cache-control"] == "private, no-store"
    user = me(refresh(cookie_of(back, "__Secure-ravo_refresh")).data["accessToken"]).data
    assert (user["email"], user["emailVerified"], user["locale"]) == ("mia@people.example", True, "de")
    assert user["roles"] == ["customer"]
    assert database.scalars(text("SELECT password_hash FROM users")).all() == [None]
    said = [(event.type, event.detail["aggregateId"], event.detail["data"]) for event in recorded(database)]
    who = {"userId": user["id"]}
    assert said == [("user.registered", user["id"], who), ("user.email_verified", user["id"], who)]
    assert login("mia@people.example", "").status == 401


@pytest.mark.parametrize("provider", PROVIDERS)
def test_who_has_been_here_before_signs_in_to_the_same_account_whatever_the_mail_address(
    database: Any, provider: str
) -> None:
    first = sign_in(provider, "mia")
    database.execute(text("UPDATE users SET email = 'renamed@people.example'"))

    again = sign_in(provider, "mia")

    users = {
        me(refresh(cookie_of(reply, "__Secure-ravo_refresh")).data["accessToken"]).data["id"]
        for reply in (first, again)
    }
    assert len(users) == 1
    assert database.scalar(text("SELECT count(*) FROM users")) == 1
    assert [event.type for event in recorded(database)] == ["user.registered", "user.email_verified"]


def test_both_providers_with_one_proven_mail_address_open_one_account(database: Any) -> None:
    sign_in("google", "mia")
    back = sign_in("github", "mia")

    token = refresh(cookie_of(back, "__Secure-ravo_refresh")).data["accessToken"]
    linked = call("identity/account/list_oauth_accounts", "GET", f"{IDENTITY}/me/oauth-accounts", token=token)
    assert [(each["provider"], each["email"]) for each in linked.data] == [
        ("google", "mia@people.example"),
        ("github", "mia@people.example"),
    ]
    assert all(set(each) == {"provider", "email", "linkedAt"} for each in linked.data)
    assert database.scalar(text("SELECT count(*) FROM users")) == 1


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_account_whose_mail_address_was_proven_is_linked(database: Any, provider: str) -> None:
    own = verified(database, "MIA@people.example").data["user"]["id"]

    back = sign_in(provider, "mia")

    assert me(refresh(cookie_of(back, "__Secure-ravo_refresh")).data["accessToken"]).data["id"] == own
    assert login("mia@people.example").status == 200


def test_a_browser_is_sent_off_with_pkce_and_a_cookie_that_says_nothing(database: Any) -> None:
    off = start("google", {"returnTo": "/account"})

    asked = brought(off.headers["location"])
    (cookie,) = off.cookies
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "secure", "samesite=lax", "path=/api/v1/identity/oauth", "max-age=600"} <= attributes
    assert (asked["code_challenge_method"], asked["response_type"], len(asked["code_challenge"])) == (
        "S256",
        "code",
        43,
    )
    assert asked["redirect_uri"] == f"{SHOP}{IDENTITY}/oauth/google/callback"
    assert asked["scope"] == "openid email"
    assert asked["state"] != asked["nonce"]
    for value in (asked["state"], asked["nonce"], "account"):
        assert value not in cookie.partition(";")[0]
    assert "client_secret" not in off.headers["location"]
    for provider in ("google", "github"):
        assert brought(start(provider).headers["location"])["prompt"] == "select_account"
    assert off.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example", "/\\evil.example", "https://evil.example", "evil.example", "javascript:alert(1)", "",
        "/a\\b", "/a#b", "/a b", "/\tevil", "/a\r\nset-cookie: x=y", "/" + "a" * 200, "/%0a\u00e9", "\\/evil.example",
    ],
)  # fmt: skip
def test_no_way_back_leads_elsewhere(database: Any, elsewhere: str) -> None:
    off = start("google", {"returnTo": elsewhere})

    assert (off.status, [detail["field"] for detail in off.error["details"]]) == (422, ["returnTo"])
    assert off.cookies == []


@pytest.mark.parametrize("name", ["facebook", "Google", "x" * 16])
def test_a_provider_that_there_is_not_is_not_found(database: Any, name: str) -> None:
    assert start(name).status == 404
    assert finish(name, {}, []).status == 404


def test_a_provider_without_a_client_is_not_found(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_CLIENT_ID", "")
    forget_settings()

    assert start("github").status == 404
    assert finish("github", {"code": "x", "state": "y"}, []).status == 404
    assert start("google").status == 302


# Whose account


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_account_that_nobody_proved_to_own_is_neither_linked_nor_entered(database: Any, provider: str) -> None:
    """Someone opens an account with another's mail address and waits for its owner to come by another door."""
    trap = register("mia@people.example")
    before = everything(database)

    assert reason(sign_in(provider, "mia")) == "account_not_verified"

    assert everything(database) == before
    assert me(trap.data["accessToken"]).data["emailVerified"] is False


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_mail_address_that_the_provider_has_no_proof_of_opens_nothing(database: Any, provider: str) -> None:
    verified(database, "noah@people.example")
    before = everything(database)

    assert reason(sign_in(provider, "noah")) == "email_not_verified"

    assert everything(database) == before


def test_another_account_of_the_same_provider_does_not_join_in(database: Any) -> None:
    sign_in("google", "mia")
    before = everything(database)

    assert reason(sign_in("google", "mia-elsewhere")) == "other_account_linked"

    assert everything(database) == before


@pytest.mark.parametrize("linked_before", [True, False])
def test_a_disabled_account_opens_to_nobody(database: Any, linked_before: bool) -> None:
    verified(database)
    if linked_before:
        sign_in("google", "mia")
    database.execute(text("UPDATE users SET disabled_at = now()"))
    before = everything(database)

    assert reason(sign_in("google", "mia")) == "account_disabled"

    assert everything(database) == before


def test_who_closed_an_account_and_comes_back_gets_a_new_one(database: Any) -> None:
    sign_in("google", "mia")
    database.execute(text("UPDATE users SET deleted_at = now()"))

    back = sign_in("google", "mia")

    assert (
        me(refresh(cookie_of(back, "__Secure-ravo_refresh")).data["accessToken"]).data["email"] == "mia@people.example"
    )
    assert database.scalar(text("SELECT count(*) FROM users")) == 2
    assert database.scalar(text("SELECT count(*) FROM oauth_accounts")) == 1


# Whose attempt


def test_a_code_of_another_s_attempt_signs_nobody_in(database: Any) -> None:
    """Someone sends a victim the address that they should have come back to, to have them signed in as themselves."""
    evil = choose(start("google").headers["location"], "mia")
    before = everything(database)

    assert reason(finish("google", evil, [])) == "sign_in_expired"
    own = cookie_of(start("google"), "__Secure-ravo_oauth")
    assert reason(finish("google", evil, [own])) == "sign_in_expired"
    assert reason(finish("google", {"code": evil["code"]}, [own])) == "sign_in_expired"

    assert everything(database) == before


def test_a_code_is_good_for_one_session(database: Any) -> None:
    off = start("google")
    cookie = cookie_of(off, "__Secure-ravo_oauth")
    query = choose(off.headers["location"], "mia")
    first = finish("google", query, [cookie])
    assert any(c.startswith('__Secure-ravo_oauth="";') or "__Secure-ravo_oauth=;" in c for c in first.cookies)

    again = finish("google", query, [cookie])

    assert reason(again) == "provider_refused"
    assert database.scalar(text("SELECT count(*) FROM sessions")) == 1


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_code_with_another_attempt_s_verifier_is_refused_by_the_provider(database: Any, provider: str) -> None:
    """A stolen code, brought in with a state of one's own: PKCE is what stops it."""
    stolen = choose(start(provider).headers["location"], "mia")["code"]
    own = start(provider)
    state = brought(own.headers["location"])["state"]

    assert (
        reason(finish(provider, {"code": stolen, "state": state}, [cookie_of(own, "__Secure-ravo_oauth")]))
        == "provider_refused"
    )

    assert database.scalar(text("SELECT count(*) FROM users")) == 0


def test_an_attempt_at_one_provider_does_not_end_at_another(database: Any) -> None:
    off = start("google")
    query = choose(off.headers["location"], "mia")

    assert reason(finish("github", query, [cookie_of(off, "__Secure-ravo_oauth")])) == "sign_in_expired"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c[:-2] + "AA",
        lambda _: "__Secure-ravo_oauth=x",
        lambda _: "__Secure-ravo_oauth=é",
        lambda c: c + "A" * 3000,
    ],
)
def test_a_spoilt_cookie_ends_the_attempt(database: Any, spoil: Any) -> None:
    off = start("google")
    query = choose(off.headers["location"], "mia")

    back = finish("google", query, [spoil(cookie_of(off, "__Secure-ravo_oauth"))])

    assert back.status == 422 or reason(back) == "sign_in_expired"
    assert database.scalar(text("SELECT count(*) FROM users")) == 0


def test_an_attempt_that_took_too_long_has_expired(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from ravo.identity.oauth import attempts

    monkeypatch.setattr(attempts, "LIFE", timedelta(seconds=-1))
    off = start("google")

    assert (
        reason(finish("google", choose(off.headers["location"], "mia"), [cookie_of(off, "__Secure-ravo_oauth")]))
        == "sign_in_expired"
    )


def test_a_challenge_s_cookie_is_no_attempt_s(database: Any) -> None:
    from ravo.identity.second_factor.challenges import challenge
    from ravo.platform.ids import uuid7

    assert (
        reason(finish("google", {"state": "x", "code": "y"}, [f"__Secure-ravo_oauth={challenge(uuid7())}"]))
        == "sign_in_expired"
    )


@pytest.mark.parametrize("provider", PROVIDERS)
def test_who_says_no_at_the_provider_comes_out_where_they_wanted(database: Any, provider: str) -> None:
    back = sign_in(provider, "nobody", {"returnTo": "/cart?step=2"})

    assert back.headers["location"] == f"{SHOP}/cart?step=2&error=cancelled"
    assert database.scalar(text("SELECT count(*) FROM users")) == 0


def test_what_a_provider_says_is_wrong_is_not_passed_on(database: Any) -> None:
    off = start("google")
    said = {"error": "server_error<script>", "state": brought(off.headers["location"])["state"]}

    back = finish("google", said, [cookie_of(off, "__Secure-ravo_oauth")])

    assert reason(back) == "provider_refused"
    assert "script" not in back.headers["location"]


# What the provider does


def half_way(provider: str, base: str, monkeypatch: pytest.MonkeyPatch) -> Reply:
    """Come back with a code to a provider that stands at `base`."""
    off = start(provider)
    state = brought(off.headers["location"])["state"]
    monkeypatch.setenv(f"{provider.upper()}_BASE_URL", base)
    forget_settings()
    return finish(provider, {"code": "good", "state": state}, [cookie_of(off, "__Secure-ravo_oauth")])


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(1000):
        handler.wfile.write(b" " * 4096)


def dripping(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(40):
        handler.wfile.write(b" ")
        time.sleep(0.05)


def silent(_handler: BaseHTTPRequestHandler) -> None:
    time.sleep(1.5)


BROKEN = {
    "garbage": saying(b"<html>502</html>"),
    "no UTF-8": saying(b"\xff\xfe\x00"),
    "nothing": saying(b""),
    "a list": saying([1, 2]),
    "a word": saying("token"),
    "null": saying(None),
    "no tokens": saying({}),
    "a token that is a number": saying({"access_token": 5, "id_token": 5}),
    "a token that would end a header": saying({"access_token": "x\r\ny: z", "id_token": "x.y.z"}),
    "a failure": saying({"error": "later"}, 500),
    "too many requests": saying({"error": "slow down"}, 429),
    "another address": saying(b"", 302, location="http://127.0.0.1:9/"),
    "an end too early": saying(b"{}", 200, **{"transfer-encoding": "chunked"}),
    "without end": endless,
    "a byte at a time": dripping,
    "silence": silent,
}


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN.keys())
def test_a_provider_that_makes_no_sense_is_unavailable(
    database: Any, provider: str, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "PATIENCE_SECONDS", 0.5)
    before = everything(database)

    with misbehaving(answer) as base:
        assert reason(half_way(provider, base, monkeypatch)) == "provider_unavailable"

    assert everything(database) == before


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_provider_that_is_down_is_unavailable(database: Any, provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reason(half_way(provider, "http://127.0.0.1:9", monkeypatch)) == "provider_unavailable"


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("status", [200, 400, 401])
def test_a_code_that_the_provider_does_not_take_is_refused(
    database: Any, provider: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with misbehaving(saying({"error": "invalid_grant"}, status)) as base:
        assert reason(half_way(provider, base, monkeypatch)) == "provider_refused"


def test_the_secret_and_the_verifier_go_to_the_provider_alone(
    database: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    back = half_way("google", "http://127.0.0.1:9", monkeypatch)

    out, err = capfd.readouterr()
    secret = settings().google_client_secret
    assert secret
    for place in (back.headers["location"], *back.cookies, out, err):
        assert secret.get_secret_value() not in place
        assert "good" not in place


def github(user: Any, emails: Any) -> Any:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        said: dict[str, Any] = {"/user": user, "/user/emails": emails}
        saying(said.get(handler.path, {"access_token": "gho_x"}))(handler)

    return answer


GOOD = [{"email": "mia@people.example", "primary": True, "verified": True}]


@pytest.mark.parametrize(
    ("user", "emails", "why"),
    [
        ([], GOOD, "provider_unavailable"),
        ({}, GOOD, "provider_unavailable"),
        ({"id": "1"}, GOOD, "provider_unavailable"),
        ({"id": 1}, {}, "provider_unavailable"),
        ({"id": 1}, [], "email_not_verified"),
        ({"id": 1}, ["x"], "email_not_verified"),
        ({"id": 1}, [GOOD[0] | {"primary": False}], "email_not_verified"),
        ({"id": 1}, [GOOD[0] | {"verified": "yes"}], "email_not_verified"),
        ({"id": 1}, [GOOD[0] | {"email": "no address"}], "email_not_verified"),
        ({"id": 1}, [GOOD[0] | {"email": None}], "email_not_verified"),
    ],
)
def test_what_github_says_of_someone_is_looked_at(
    database: Any, user: Any, emails: Any, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with misbehaving(github(user, emails)) as base:
        assert reason(half_way("github", base, monkeypatch)) == why
    assert database.scalar(text("SELECT count(*) FROM users")) == 0


# Id tokens


KEY = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
OTHER = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)


def with_id_token(monkeypatch: pytest.MonkeyPatch, *, key: Any = KEY, header: Any = None, **changed: Any) -> Reply:
    """Come back to a Google that gives this id token."""
    off = start("google")
    asked = brought(off.headers["location"])
    at = int(time.time())

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.path == "/oauth2/v3/certs":
            return saying({"keys": [KEY.as_dict(private=False)]})(handler)
        claims = {
            "iss": f"http://{handler.headers['host']}", "aud": "laptop", "sub": "1", "email": "mia@people.example",
            "email_verified": True, "nonce": asked["nonce"], "iat": at, "exp": at + 600,
        } | changed  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode({"alg": "RS256", "kid": KEY.kid} | (header or {}), claims, key)
        return saying({"id_token": token})(handler)

    with misbehaving(answer) as base:
        monkeypatch.setenv("GOOGLE_BASE_URL", base)
        forget_settings()
        return finish("google", {"code": "good", "state": asked["state"]}, [cookie_of(off, "__Secure-ravo_oauth")])


def test_an_id_token_that_is_right_signs_in(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refresh(cookie_of(with_id_token(monkeypatch), "__Secure-ravo_refresh")).status == 200


WRONG: dict[str, dict[str, Any]] = {
    "of another issuer": {"iss": "https://accounts.google.com"},
    "of no issuer": {"iss": None},
    "for another shop": {"aud": "another-shop"},
    "for no shop": {"aud": None},
    "of another attempt": {"nonce": "another"},
    "of no attempt": {"nonce": None},
    "expired": {"exp": int(time.time()) - 120},
    "without an end": {"exp": None},
    "of tomorrow": {"iat": int(time.time()) + 86_400},
    "of nobody": {"sub": None},
    "of another key under the right key's id": {"key": OTHER},
    "of another key": {"key": OTHER, "header": {"kid": OTHER.kid}},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_an_id_token_that_is_wrong_signs_nobody_in(
    database: Any, wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reason(with_id_token(monkeypatch, **wrong)) == "provider_unavailable"
    assert database.scalar(text("SELECT count(*) FROM users")) == 0


@pytest.mark.parametrize("proof", [False, None, "false", 0, 1])
def test_google_s_word_that_an_address_is_proven_must_be_plain(
    database: Any, proof: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reason(with_id_token(monkeypatch, email_verified=proof)) == "email_not_verified"


# Ways out


def unlink(token: str, provider: str) -> Reply:
    path = f"{IDENTITY}/me/oauth-accounts/{provider}"
    return call("identity/account/remove_oauth_account", "DELETE", path, token=token)


def test_a_provider_s_account_can_be_taken_off_but_not_the_last_way_in(database: Any) -> None:
    sign_in("google", "mia")
    token = refresh(cookie_of(sign_in("github", "mia"), "__Secure-ravo_refresh")).data["accessToken"]

    assert unlink(token, "google").status == 204
    assert unlink(token, "google").status == 404
    last = unlink(token, "github")
    assert (last.status, last.error["code"]) == (409, "CONFLICT")
    assert database.scalars(text("SELECT provider FROM oauth_accounts")).all() == ["github"]


def test_with_a_password_no_provider_is_the_last_way_in(database: Any) -> None:
    token = verified(database).data["accessToken"]
    sign_in("google", "mia")

    assert unlink(token, "google").status == 204
    assert database.scalar(text("SELECT count(*) FROM oauth_accounts")) == 0


def test_nobody_sees_or_takes_off_another_s_accounts(database: Any) -> None:
    sign_in("google", "mia")
    stranger = register("eve@example.com").data["accessToken"]

    listed = call("identity/account/list_oauth_accounts", "GET", f"{IDENTITY}/me/oauth-accounts", token=stranger)
    assert listed.data == []
    assert unlink(stranger, "google").status == 404
    assert database.scalar(text("SELECT count(*) FROM oauth_accounts")) == 1


# Properties and races


@given(
    st.text(alphabet=st.sampled_from("/\\.:@?#%&=+ \t\r\nabc日"), max_size=12).map("/".__add__) | st.text(max_size=20)
)
def test_a_way_back_that_is_taken_stays_in_the_shop(path: str) -> None:
    try:
        taken = TypeAdapter(OwnPath).validate_python(path)
    except ValidationError:
        return

    address = _shop_address(taken, {"error": "cancelled"})

    assert urlsplit(urljoin("https://elsewhere.example/x", address))[:2] == ("http", "localhost:8000")
    assert urlsplit(urljoin(f"{SHOP}/", taken)).netloc == "localhost:8000"
    assert brought(address)["error"] == "cancelled"
    assert address.isascii()
    assert address.isprintable()


def test_coming_back_twice_at_once_opens_one_account(migrated: None) -> None:
    """On connections of their own, all before any has committed: one opens the account, the others come out in it or are told to try again."""
    back = Returned("google", "/account", person=Person("race-1", "race@people.example"))

    def enter(session: Session) -> Landing:
        return service.enter(session, back, Device("tests", "203.0.113.7"))

    with connections() as engine:
        try:
            landings = in_transactions_at_once(engine, *[enter] * 4)
            with engine.connect() as connection:
                found = connection.scalar(text("SELECT count(*) FROM users WHERE email = 'race@people.example'"))
                links = connection.scalar(text("SELECT count(*) FROM oauth_accounts WHERE subject = 'race-1'"))
        finally:
            with engine.begin() as connection:
                connection.execute(text("DELETE FROM users WHERE email = 'race@people.example'"))

    assert any(landing.opened for landing in landings)
    assert {landing.reason for landing in landings} <= {None, Reason.AGAIN}
    assert (found, links) == (1, 1)
