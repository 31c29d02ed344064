"""The SQL of sessions."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ravo.identity.sessions.models import RefreshToken, UserSession


class Presented(NamedTuple):
    """A refresh token that was presented, and the session that it belongs to."""

    token: RefreshToken
    session: UserSession


def presented_for_update(session: Session, token_hash: bytes) -> Presented | None:
    """Return the refresh token with this hash, and lock its session, so that of two uses at once one comes second."""
    statement = (
        select(RefreshToken, UserSession)
        .join(UserSession, UserSession.id == RefreshToken.session_id)
        .where(RefreshToken.hash == token_hash)
        .with_for_update()
    )
    row = session.execute(statement).one_or_none()
    return Presented(*row) if row else None


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


def session_by_id(session: Session, session_id: UUID, user_id: UUID) -> UserSession | None:
    """Return a user's session."""
    return session.scalar(select(UserSession).where(UserSession.id == session_id, UserSession.user_id == user_id))


def mark_session(session: Session, session_id: UUID) -> None:
    """Mark a session as one in which a second factor was shown."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(second_factor=True))


def unmark_sessions(session: Session, user_id: UUID) -> None:
    """Mark a user's sessions as ones without a second factor."""
    session.execute(
        update(UserSession).where(UserSession.user_id == user_id, UserSession.second_factor).values(second_factor=False)
    )


def session_of(session: Session, session_id: UUID) -> UserSession | None:
    """Return a session that has not ended."""
    return session.scalar(select(UserSession).where(UserSession.id == session_id, UserSession.ended_at.is_(None)))
