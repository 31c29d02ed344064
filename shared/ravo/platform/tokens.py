"""What we sign, as JWTs with ES256: access tokens, which say for fifteen minutes who someone is and what they may do, and device tokens, which say that an account was signed in to from here."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from ravo.platform.errors import Unauthenticated
from ravo.platform.ids import uuid7
from ravo.platform.secrets import signing_key, verification_keys
from ravo.platform.time import now

ISSUER = "ravo"
AUDIENCE = "ravo-api"
LIFE = timedelta(minutes=15)
# What kind of token it is stands in its header as well as in its audience, so that none can stand for another.
_ACCESS = "at+jwt"
_DEVICE = "device+jwt"
DEVICE_AUDIENCE = "ravo-devices"
DEVICE_LIFE = timedelta(days=180)
# Clocks of the functions that sign and of those that verify may be this far apart.
LEEWAY_SECONDS = 10

# The permission that stands for all of them; only the super admin role has it.
EVERYTHING = "*"


@dataclass(frozen=True)
class Principal:
    """Who asks: a user's id, the session that the token belongs to and when it was issued, roles, and permissions like `products:publish`."""

    id: UUID
    session_id: UUID
    issued_at: datetime
    roles: frozenset[str]
    permissions: frozenset[str]

    def may(self, permission: str) -> bool:
        """Whether this principal has a permission, by name or by having all."""
        return permission in self.permissions or EVERYTHING in self.permissions


def sign(user_id: UUID, *, session_id: UUID, roles: Iterable[str], permissions: Iterable[str]) -> str:
    """Make an access token."""
    said = {
        "sub": str(user_id),
        "sid": str(session_id),
        "jti": str(uuid7()),
        "roles": sorted(roles),
        "scope": " ".join(sorted(permissions)),
    }
    return _encode(said, kind=_ACCESS, audience=AUDIENCE, life=LIFE)


def verify(token: str) -> Principal:
    """Return who a token speaks for; raises `Unauthenticated` for one that is forged, foreign, expired, early or malformed."""
    try:
        return _principal(_decode(token, kind=_ACCESS, audience=AUDIENCE, needed=("sid",)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unauthenticated("The access token is not valid, or no longer.") from error


def sign_device(account: str) -> str:
    """Make a token for a device from which an account was signed in to; the account is named by a key that says nothing."""
    return _encode({"sub": account, "jti": str(uuid7())}, kind=_DEVICE, audience=DEVICE_AUDIENCE, life=DEVICE_LIFE)


def verify_device(token: str) -> tuple[str, str] | None:
    """Return the account that a device token is good for, and the device's own id; None for a token that is none."""
    try:
        claims = _decode(token, kind=_DEVICE, audience=DEVICE_AUDIENCE, needed=("jti",))
        return claims["sub"], claims["jti"]
    except Unauthenticated:
        return None


def published_keys(private_pem: str) -> str:
    """Return the key set (JWKS as JSON) that belongs to a private key: the public half alone."""
    return json.dumps({"keys": [_private_key(private_pem).as_dict(private=False)]})


def new_signing_key() -> str:
    """Make a P-256 private key as PEM."""
    from joserfc.jwk import ECKey

    return ECKey.generate_key("P-256").as_pem(private=True).decode()


def _principal(claims: dict[str, Any]) -> Principal:
    return Principal(
        id=UUID(claims["sub"]),
        session_id=UUID(claims["sid"]),
        issued_at=datetime.fromtimestamp(claims["iat"], UTC),
        roles=frozenset(claims["roles"]),
        permissions=frozenset(claims["scope"].split()),
    )


def _encode(said: dict[str, Any], *, kind: str, audience: str, life: timedelta) -> str:
    from joserfc import jwt

    key = _private_key(signing_key())
    # To the millisecond: what ends a user's tokens at a moment must not end one that was issued in the same second after it.
    issued = round(now().timestamp(), 3)
    claims = {
        "iss": ISSUER,
        "aud": audience,
        "iat": issued,
        "nbf": issued,
        "exp": issued + life.total_seconds(),
    } | said
    return jwt.encode({"alg": "ES256", "kid": key.kid, "typ": kind}, claims, key)


def _decode(token: str, *, kind: str, audience: str, needed: tuple[str, ...]) -> dict[str, Any]:
    from joserfc import jwt
    from joserfc.errors import JoseError

    try:
        decoded = jwt.decode(token, _key_set(verification_keys()), algorithms=["ES256"])
        if decoded.header.get("typ") != kind:
            raise Unauthenticated("The access token is not valid.")
        _claims_registry(audience, needed).validate(decoded.claims)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unauthenticated("The access token is not valid, or no longer.") from error
    return decoded.claims


def _claims_registry(audience: str, needed: tuple[str, ...]) -> Any:
    from joserfc.jwt import JWTClaimsRegistry

    wanted: dict[str, Any] = {name: {"essential": True} for name in ("sub", "iat", "nbf", "exp", *needed)}
    wanted |= {"iss": {"essential": True, "value": ISSUER}, "aud": {"essential": True, "value": audience}}
    return JWTClaimsRegistry(leeway=LEEWAY_SECONDS, **wanted)


@lru_cache(maxsize=2)
def _private_key(pem: str) -> Any:
    from joserfc.jwk import ECKey

    key = ECKey.import_key(pem, {"use": "sig", "alg": "ES256"})
    key.ensure_kid()
    return key


@lru_cache(maxsize=4)
def _key_set(document: str) -> Any:
    from joserfc.jwk import KeySet

    return KeySet.import_key_set(json.loads(document))
