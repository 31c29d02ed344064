"""Super admins: a shop always has one who can sign in."""

from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.permissions import SUPER_ADMIN
from ravo.identity.super_admins import queries
from ravo.identity.super_admins.errors import LastOwner


def ensure_another(session: Session, user_id: UUID) -> None:
    """Refuse with `LastOwner` if this user is the only super admin who can sign in; call it before removing one.

    The answer holds until the transaction ends: another transaction that would remove a super admin waits for it, and
    then checks again.
    """
    if not queries.holds_role(session, user_id, SUPER_ADMIN):
        return
    queries.role_for_update(session, SUPER_ADMIN)
    if not queries.another_holder(session, user_id, SUPER_ADMIN):
        raise LastOwner
