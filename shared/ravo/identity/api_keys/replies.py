"""Machines' keys as staff see them, and the access tokens that they are exchanged for."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.api_keys import queries, service
from ravo.identity.api_keys.errors import KeyNotFound
from ravo.identity.api_keys.queries import Granted
from ravo.identity.api_keys.schemas import AccessGranted, KeyReply, NewKeyReply
from ravo.identity.api_keys.service import Made
from ravo.platform.paging import Page, Paging
from ravo.platform.tokens import LIFE


def page_of_keys(session: Session, paging: Paging) -> tuple[Sequence[KeyReply], Page]:
    """Return one page of keys, the newest first."""
    found, total = queries.page_of_keys(session, limit=paging.limit, offset=paging.offset)
    return [KeyReply(**_key(granted)) for granted in found], Page.of(paging, total)


def key_of(session: Session, key_id: UUID) -> KeyReply:
    """Return a key without its secret. Refuses with `KeyNotFound`."""
    return KeyReply(**_key(_granted(session, key_id)))


def new_key_of(session: Session, made: Made) -> NewKeyReply:
    """Return a new key with its secret."""
    return NewKeyReply(**_key(_granted(session, made.id)), key=made.secret)


def access_granted(access_token: str) -> AccessGranted:
    """Return a token with its lifetime."""
    return AccessGranted(access_token=access_token, expires_in=int(LIFE.total_seconds()))


def _granted(session: Session, key_id: UUID) -> Granted:
    found = queries.key_by_id(session, key_id)
    if found is None:
        raise KeyNotFound
    return found


def _key(granted: Granted) -> dict[str, Any]:
    key = granted.key
    return {
        "id": key.id,
        "name": key.name,
        "prefix": key.prefix,
        "permissions": sorted(service.living_permissions(granted)),
        "created_by": key.created_by,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
    }
