"""The SQL of owners: active users with a role that allows everything."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.platform.tokens import EVERYTHING

_OWNERS = """
    SELECT FROM users JOIN user_roles ON user_roles.user_id = users.id
    JOIN role_permissions ON role_permissions.role_id = user_roles.role_id AND permission = :everything
    WHERE deleted_at IS NULL AND disabled_at IS NULL
"""
_IS_OWNER = text(f"SELECT EXISTS ({_OWNERS} AND users.id = :user_id)")
_ANOTHER = text(f"SELECT EXISTS ({_OWNERS} AND users.id <> :user_id)")
_LOCK = text(
    """
    SELECT id FROM roles WHERE id IN (SELECT role_id FROM role_permissions WHERE permission = :everything)
    ORDER BY id FOR UPDATE
    """
)


def is_owner(session: Session, user_id: UUID) -> bool:
    """Whether a user may do everything."""
    return bool(session.scalar(_IS_OWNER, {"user_id": user_id, "everything": EVERYTHING}))


def lock_owner_roles(session: Session) -> None:
    """Lock the roles that allow everything, so that of two owners who leave at once one comes second."""
    session.execute(_LOCK, {"everything": EVERYTHING})


def is_there_another(session: Session, user_id: UUID) -> bool:
    """Whether someone beside this user may do everything."""
    return bool(session.scalar(_ANOTHER, {"user_id": user_id, "everything": EVERYTHING}))
