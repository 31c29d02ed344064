"""Keys of machines: made by staff within their own permissions, and exchanged for access tokens."""

import secrets
import string
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity import opaque_tokens
from ravo.identity.access.models import ApiKey
from ravo.identity.access.service import authority_of, ensure_known, tokens_are_stale
from ravo.identity.api_keys import queries
from ravo.identity.api_keys.errors import KeyNotFound, WrongKey
from ravo.identity.api_keys.queries import Granted
from ravo.identity.api_keys.schemas import KeyInput
from ravo.identity.permissions import PERMISSIONS
from ravo.platform import tokens
from ravo.platform.ids import uuid7
from ravo.platform.observability import count, logger
from ravo.platform.time import now
from ravo.platform.tokens import Principal

# `ravo_<prefix>_<random>`: only letters and digits, so that a scanner for leaked secrets knows a key by its form.
_PREFIX_LETTERS = string.ascii_lowercase + string.digits
_LETTERS = string.ascii_letters + string.digits
PREFIX_LENGTH = 8
# 238 bits.
RANDOM_LENGTH = 40
USE_NOTED_EVERY = timedelta(minutes=1)


class Made(NamedTuple):
    """A new key: its id, and the secret that nobody sees again."""

    id: UUID
    secret: str


def create(session: Session, given: KeyInput, *, by: Principal) -> Made:
    """Make a key. Refuses with `UnknownPermission`, or `BeyondYourOwn` for what the caller may not do."""
    wanted = set(given.permissions)
    ensure_known(wanted)
    authority_of(session, by).ensure_covers(wanted)
    prefix = _random(_PREFIX_LETTERS, PREFIX_LENGTH)
    secret = f"ravo_{prefix}_{_random(_LETTERS, RANDOM_LENGTH)}"
    key = ApiKey(
        id=uuid7(),
        name=given.name,
        prefix=prefix,
        hash=opaque_tokens.hash_of(secret),
        created_by=by.id if by.kind == "user" else None,
        expires_at=now() + timedelta(days=given.expires_in_days),
    )
    queries.add_key(session, key, wanted)
    return Made(key.id, secret)


def revoke(session: Session, key_id: UUID, *, by: Principal) -> None:
    """End a key; one that is revoked already stays so.

    Refuses with `KeyNotFound`, or `BeyondYourOwn` for one that may do more than the caller.
    """
    granted = queries.key_by_id(session, key_id)
    if granted is None:
        raise KeyNotFound
    authority_of(session, by).ensure_covers(granted.permissions)
    if queries.revoke_key(session, key_id):
        tokens_are_stale(session, [key_id])


def exchange(session: Session, secret: str) -> str:
    """Return an access token for a key, noting its use.

    Refuses with `WrongKey`, after the same work for every key that is not valid.
    """
    granted = queries.living_key_by_hash(session, opaque_tokens.hash_of(secret))
    if granted is None:
        count("KeyRefused")
        raise WrongKey
    logger().info("key exchanged", keyId=str(granted.key.id))
    queries.note_use(session, granted.key.id, at_most_every=USE_NOTED_EVERY)
    return tokens.sign(
        granted.key.id, session_id=granted.key.id, roles=[], permissions=living_permissions(granted), kind="key"
    )


def living_permissions(granted: Granted) -> list[str]:
    """Return those permissions of a key that still exist."""
    return [name for name in granted.permissions if name in PERMISSIONS]


def _random(letters: str, length: int) -> str:
    return "".join(secrets.choice(letters) for _ in range(length))
