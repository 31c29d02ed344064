"""Requests about personal data as answers."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.privacy import queries
from ravo.identity.privacy.models import PrivacyRequest
from ravo.identity.privacy.schemas import PrivacyRequestReply, StaffPrivacyRequestReply
from ravo.platform.paging import CursorPage

REQUESTS_PATH = "/api/v1/identity/me/privacy-requests"
STAFF_REQUESTS_PATH = "/api/v1/identity/admin/privacy-requests"


def own(request: PrivacyRequest) -> PrivacyRequestReply:
    """Return a request as its person sees it."""
    return PrivacyRequestReply.model_validate(request)


def for_staff(request: PrivacyRequest) -> StaffPrivacyRequestReply:
    """Return a request as staff see it."""
    return StaffPrivacyRequestReply.model_validate(request)


def page_of_requests(
    session: Session, *, cursor: UUID | None, limit: int
) -> tuple[Sequence[StaffPrivacyRequestReply], CursorPage]:
    """Return one page of all requests, the newest first."""
    found = queries.page_of_requests(session, before=cursor, limit=limit + 1)
    shown = [for_staff(each) for each in found[:limit]]
    return shown, CursorPage.of(limit, next_cursor=str(shown[-1].id) if len(found) > limit else None)
