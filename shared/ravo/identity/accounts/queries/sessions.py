"""The SQL of a user's sessions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ravo.identity.models.sessions import UserSession

_OPEN = (UserSession.ended_at.is_(None), UserSession.expires_at > func.now())


def page_of_user(session: Session, user_id: UUID, *, limit: int, offset: int) -> tuple[Sequence[UserSession], int]:
    """Return one page of a user's open sessions, the one used last first, and how many there are."""
    mine: Sequence[Any] = (UserSession.user_id == user_id, *_OPEN)
    page = select(UserSession).where(*mine).order_by(UserSession.last_used_at.desc(), UserSession.id.desc())
    total = session.scalar(select(func.count()).select_from(UserSession).where(*mine)) or 0
    return session.scalars(page.limit(limit).offset(offset)).all(), total


def end(session: Session, user_id: UUID, *, only: UUID | None = None, but: UUID | None = None) -> Sequence[UUID]:
    """End a user's open sessions: one, all but one, or all. Returns those that were open."""
    statement = update(UserSession).where(UserSession.user_id == user_id, *_OPEN)
    if only:
        statement = statement.where(UserSession.id == only)
    if but:
        statement = statement.where(UserSession.id != but)
    return session.scalars(statement.values(ended_at=func.now()).returning(UserSession.id)).all()
