"""Access tokens: JWTs signed with ES256 that carry who someone is and what they may do, for fifteen minutes."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from ravo.platform.errors import Unauthenticated
from ravo.platform.ids import uuid7
from ravo.platform.keyring import Keyring
from ravo.platform.secrets import signing_key, verification_keys
from ravo.platform.time import now

ISSUER = "ravo"
AUDIENCE = "ravo-api"
LIFE = timedelta(minutes=15)
# RFC 9068; nothing else that is signed with these keys can stand for an access token.
_TYPE = "at+jwt"
# Clocks of the functions that sign and of those that verify may be this far apart.
LEEWAY_SECONDS = 10

# The permission that stands for all of them; only the super admin role has it.
EVERYTHING = "*"
_SECOND_FACTOR = "mfa"


@dataclass(frozen=True)
class Principal:
    """Who asks: a user, or a machine by its key, with the session, roles and permissions (`products:publish`) of the
    token.
    """

    id: UUID
    session_id: UUID
    issued_at: datetime
    roles: frozenset[str]
    permissions: frozenset[str]
    kind: Literal["user", "key"] = "user"
    # Whether the session was begun, or raised, with a second factor.
    second_factor: bool = False

    def may(self, permission: str) -> bool:
        """Whether this principal has a permission, by name or by having all."""
        return permission in self.permissions or EVERYTHING in self.permissions


def sign(
    subject: UUID,
    *,
    session_id: UUID,
    roles: Iterable[str],
    permissions: Iterable[str],
    kind: Literal["user", "key"] = "user",
    second_factor: bool = False,
) -> str:
    """Make an access token for a user's session, or for a machine's key, which is its own session."""
    from joserfc import jwt

    moment = now()
    key = _private_key(Keyring.read(signing_key()).signing(moment))
    # To the millisecond: ending a user's tokens must not end one that is issued later in the same second.
    issued = round(moment.timestamp(), 3)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(subject),
        "sid": str(session_id),
        "jti": str(uuid7()),
        "iat": issued,
        "nbf": issued,
        "exp": issued + LIFE.total_seconds(),
        "kind": kind,
        # By the names of RFC 8176.
        "amr": [_SECOND_FACTOR] if second_factor else [],
        "roles": sorted(roles),
        "scope": " ".join(sorted(permissions)),
    }
    return jwt.encode({"alg": "ES256", "kid": key.kid, "typ": _TYPE}, claims, key)


def verify(token: str) -> Principal:
    """Return whose token it is. Raises `Unauthenticated` if it is forged, foreign, expired, early or malformed."""
    from joserfc import jwt
    from joserfc.errors import JoseError

    try:
        decoded = jwt.decode(token, _key_set(verification_keys()), algorithms=["ES256"])
        if decoded.header.get("typ") != _TYPE:
            raise Unauthenticated("The access token is not valid.")
        _claims_registry().validate(decoded.claims)
        return _principal(decoded.claims)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unauthenticated("The access token is not valid, or no longer.") from error


def published_keys(*private_pems: str) -> str:
    """Return the key set (JWKS as JSON) that belongs to private keys: only the public halves."""
    return json.dumps({"keys": [_private_key(pem).as_dict(private=False) for pem in private_pems]})


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
        kind="key" if claims["kind"] == "key" else "user",
        second_factor=_SECOND_FACTOR in claims.get("amr", ()),
    )


def _claims_registry() -> Any:
    from joserfc.jwt import JWTClaimsRegistry

    needed: dict[str, Any] = {name: {"essential": True} for name in ("sub", "sid", "iat", "nbf", "exp")}
    needed |= {"iss": {"essential": True, "value": ISSUER}, "aud": {"essential": True, "value": AUDIENCE}}
    return JWTClaimsRegistry(now=int(now().timestamp()), leeway=LEEWAY_SECONDS, **needed)


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
