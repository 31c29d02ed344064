"""The shop always has an owner: someone active who may do everything."""

from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity import owner_queries as queries
from ravo.identity.errors import LastOwner


def ensure_another_owner(session: Session, user_id: UUID) -> None:
    """Let a user cease to be an owner; whoever is none costs one statement. Refuses with `LastOwner`.

    Call it before the user is locked or changed, in the transaction that does so.
    """
    if not queries.is_owner(session, user_id):
        return
    queries.lock_owner_roles(session)
    if not queries.is_there_another(session, user_id):
        raise LastOwner
