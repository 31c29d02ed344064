"""How other domains reach someone who has an account."""

from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.accounts import queries
from ravo.platform.errors import NotFound


def email_of(session: Session, user_id: UUID) -> str:
    """Return a user's mail address. Refuses with `NotFound` when the account was closed after the token was made."""
    email = queries.email_of(session, user_id)
    if email is None:
        raise NotFound
    return email
