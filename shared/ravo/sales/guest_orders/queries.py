"""The SQL of claiming guest orders."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.platform.database import changed

_CLAIM = text(
    """
    UPDATE orders SET user_id = :user_id, updated_at = now()
    WHERE id IN (
        SELECT id FROM orders WHERE user_id IS NULL AND lower(email) = lower(:email)
        ORDER BY id LIMIT :limit FOR UPDATE
    )
    """
)


def claim(session: Session, user_id: UUID, email: str, *, limit: int) -> int:
    """Give some of the guest orders with a mail address to a user; returns how many."""
    return changed(session, _CLAIM, {"user_id": user_id, "email": email, "limit": limit})
