"""Where someone is signed in, and ending it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.accounts.queries import sessions as queries
from ravo.platform import revocations
from ravo.platform.database import after_commit
from ravo.platform.errors import NotFound
from ravo.platform.tokens import Principal


def end_own(session: Session, session_id: UUID, *, by: Principal) -> None:
    """End one of the caller's sessions. Refuses with `NotFound`, also for one that has ended and for a stranger's."""
    if not end(session, by.id, only=session_id):
        raise NotFound


def end_others(session: Session, *, by: Principal) -> None:
    """End all of the caller's sessions but the one that asks."""
    end(session, by.id, but=by.session_id)


def end(session: Session, user_id: UUID, *, only: UUID | None = None, but: UUID | None = None) -> Sequence[UUID]:
    """End a user's open sessions: one, all but one, or all; their access tokens end with the commit. Returns those that were open.

    Whatever ends sessions beside their own sign-out comes through here.
    """
    ended = queries.end(session, user_id, only=only, but=but)
    after_commit(session, lambda: _tell(user_id, ended))
    return ended


def _tell(user_id: UUID, ended: Sequence[UUID]) -> None:
    for session_id in ended:
        revocations.end_session(user_id, session_id)
