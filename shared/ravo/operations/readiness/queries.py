"""The SQL that shows whether the database answers."""

from sqlalchemy import text
from sqlalchemy.orm import Session

_REVISION = text("SELECT version_num FROM alembic_version")


def revision(session: Session) -> str | None:
    """Return the migration that the database has reached."""
    return session.scalar(_REVISION)
