"""The SQL of machines' keys."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from ravo.identity.access.models import ApiKey, ApiKeyPermission


class Granted(NamedTuple):
    """A key with what it may do."""

    key: ApiKey
    permissions: list[str]


_GRANTED = (
    select(ApiKey, func.array_remove(func.array_agg(ApiKeyPermission.permission), None))
    .outerjoin(ApiKeyPermission, ApiKeyPermission.api_key_id == ApiKey.id)
    .group_by(ApiKey.id)
)


def page_of_keys(session: Session, *, limit: int, offset: int) -> tuple[Sequence[Granted], int]:
    """Return one page of keys, the newest first, and how many there are."""
    rows = session.execute(_GRANTED.order_by(ApiKey.id.desc()).limit(limit).offset(offset))
    total = session.scalar(select(func.count()).select_from(ApiKey)) or 0
    return [Granted(*row) for row in rows], total


def key_by_id(session: Session, key_id: UUID) -> Granted | None:
    """Return a key."""
    row = session.execute(_GRANTED.where(ApiKey.id == key_id)).one_or_none()
    return Granted(*row) if row else None


def living_key_by_hash(session: Session, key_hash: bytes) -> Granted | None:
    """Return the key of a hash unless it has expired or was revoked."""
    living = (ApiKey.hash == key_hash, ApiKey.revoked_at.is_(None), ApiKey.expires_at > func.now())
    row = session.execute(_GRANTED.where(*living)).one_or_none()
    return Granted(*row) if row else None


def add_key(session: Session, key: ApiKey, permissions: Iterable[str]) -> None:
    """Add a key with what it may do."""
    session.add(key)
    session.flush()
    session.add_all(ApiKeyPermission(api_key_id=key.id, permission=name) for name in permissions)
    session.flush()


def revoke_key(session: Session, key_id: UUID) -> bool:
    """Revoke a key; False when it was revoked before."""
    statement = (
        update(ApiKey)
        .where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
        .values(revoked_at=func.now(), updated_at=func.now())
        .returning(ApiKey.id)
    )
    return session.scalar(statement) is not None


def note_use(session: Session, key_id: UUID, *, at_most_every: timedelta) -> None:
    """Note that a key was used, unless a use was noted a little while ago."""
    noted = ApiKey.last_used_at
    session.execute(
        update(ApiKey)
        .where(ApiKey.id == key_id, or_(noted.is_(None), noted < func.now() - at_most_every))
        .values(last_used_at=func.now())
    )
