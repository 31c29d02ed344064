"""Sessions as their owners see them."""

from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.profile import replies
from ravo.identity.sessions import queries
from ravo.identity.sessions.models import UserSession
from ravo.identity.sessions.schemas import SessionReply, SignedIn
from ravo.identity.sessions.service import Opened
from ravo.platform.paging import Page, Paging
from ravo.platform.tokens import LIFE, Principal


def signed_in(opened: Opened) -> SignedIn:
    """Return what a sign-in answers besides the cookie."""
    return SignedIn(
        access_token=opened.access_token,
        expires_in=int(LIFE.total_seconds()),
        user=replies.profile_of(opened.account),
    )


def own_sessions(session: Session, paging: Paging, *, by: Principal) -> tuple[list[SessionReply], Page]:
    """Return one page of the caller's open sessions."""
    rows, total = queries.page_of_user(session, by.id, limit=paging.limit, offset=paging.offset)
    return [_session(row, current=by.session_id) for row in rows], Page.of(paging, total)


def _session(row: UserSession, *, current: UUID) -> SessionReply:
    return SessionReply(
        id=row.id,
        user_agent=row.user_agent,
        network_address=row.network_address,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        is_current=row.id == current,
    )
