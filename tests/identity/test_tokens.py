"""Access tokens: which open doors, and which don't."""

import base64
import json
import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from ravo.platform import tokens
from ravo.platform.errors import Unauthenticated
from ravo.platform.ids import uuid7
from ravo.platform.secrets import signing_key
from tests.identity.people import me, register


def claims(**changed: Any) -> dict[str, Any]:
    at = int(time.time())
    said = {
        "iss": "ravo", "aud": "ravo-api", "sub": str(uuid7()), "sid": str(uuid7()), "iat": at, "nbf": at,
        "exp": at + 900, "kind": "user", "roles": [], "scope": "*",
    }  # fmt: skip
    return {name: value for name, value in (said | changed).items() if value is not None}


def ours() -> Any:
    key = ECKey.import_key(signing_key(), {"use": "sig", "alg": "ES256"})
    key.ensure_kid()
    return key


def signed(said: dict[str, Any], key: Any = None, **header: Any) -> str:
    key = key or ours()
    return jwt.encode({"alg": "ES256", "kid": key.kid, "typ": "at+jwt"} | header, said, key)


def part(document: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def unsigned(algorithm: str) -> str:
    return f"{part({'alg': algorithm, 'typ': 'at+jwt', 'kid': ours().kid})}.{part(claims())}."


def with_public_key_as_secret() -> str:
    secret = OctKey.import_key(json.dumps(ours().as_dict(private=False)))
    return jwt.encode({"alg": "HS256", "kid": ours().kid, "typ": "at+jwt"}, claims(), secret)


def with_changed_claims() -> str:
    header, _, signature = signed(claims(scope="")).split(".")
    return f"{header}.{part(claims())}.{signature}"


FORGED = {
    "of another key": lambda: signed(claims(), ECKey.generate_key("P-256", auto_kid=True)),
    "of another key under our key's id": lambda: signed(claims(), ECKey.generate_key("P-256"), kid=ours().kid),
    "without a signature": lambda: unsigned("none"),
    "without a signature, claiming one": lambda: unsigned("ES256"),
    "with our public key as the secret": with_public_key_as_secret,
    "with changed claims": with_changed_claims,
    "expired": lambda: signed(claims(exp=int(time.time()) - 60)),
    "not yet valid": lambda: signed(claims(nbf=int(time.time()) + 60)),
    "of another issuer": lambda: signed(claims(iss="evil")),
    "for another audience": lambda: signed(claims(aud="other-api")),
    "without an expiry": lambda: signed(claims(exp=None)),
    "without a subject": lambda: signed(claims(sub=None)),
    "whose subject is no id": lambda: signed(claims(sub="admin")),
    "whose roles are no list": lambda: signed(claims(roles=5)),
    "whose scope is no text": lambda: signed(claims(scope=["*"])),
    "of another type": lambda: signed(claims(), typ="JWT"),
    "that is none": lambda: "not.a.token",
    "that is nothing": lambda: "x",
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
def test_no_door_opens_to_a_token(database: Any, forge: Any) -> None:
    reply = me(forge())

    assert (reply.status, reply.error["code"], reply.headers["www-authenticate"]) == (401, "UNAUTHENTICATED", "Bearer")


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer ", "token"])
def test_another_kind_of_authorization_is_refused(database: Any, header: str) -> None:
    assert me(None, headers={"authorization": header}).status == 401


def test_a_guest_is_asked_to_sign_in(database: Any) -> None:
    assert me(None).error["message"] == "Sign in to do this."


def test_a_good_token_speaks_for_its_user(database: Any) -> None:
    user, session = uuid7(), uuid7()

    principal = tokens.verify(tokens.sign(user, session_id=session, roles=["editor"], permissions=["products:read"]))

    assert (principal.id, principal.session_id) == (user, session)
    assert principal.may("products:read")
    assert not principal.may("products:publish")


def test_a_key_that_retires_still_verifies_until_it_is_gone(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from ravo.platform.settings import forget_settings

    old = register().data["accessToken"]
    retiring, new = json.loads(tokens.published_keys(signing_key())), tokens.new_signing_key()
    both = {"keys": json.loads(tokens.published_keys(new))["keys"] + retiring["keys"]}
    monkeypatch.setenv("SIGNING_KEY", new)
    monkeypatch.setenv("VERIFICATION_KEYS", json.dumps(both))
    forget_settings()

    newer = tokens.sign(uuid7(), session_id=uuid7(), roles=[], permissions=[])
    assert tokens.verify(newer).roles == frozenset()
    assert me(old).status == 200

    monkeypatch.setenv("VERIFICATION_KEYS", tokens.published_keys(new))
    forget_settings()
    with pytest.raises(Unauthenticated):
        tokens.verify(old)
    monkeypatch.undo()
    forget_settings()
