"""The SQL of uploads."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ravo.catalog.uploads.models import Upload


def upload_by_id(session: Session, upload_id: UUID) -> Upload | None:
    """Return an upload."""
    return session.get(Upload, upload_id)


def upload_for_update(session: Session, upload_id: UUID) -> Upload | None:
    """Return and lock an upload, so that the notification of its arrival comes either before or after."""
    statement = select(Upload).where(Upload.id == upload_id).with_for_update()
    return session.scalar(statement.execution_options(populate_existing=True))


def receive_upload(session: Session, key: str) -> UUID | None:
    """Mark a file as received; returns its upload, or None when no upload has the key."""
    statement = update(Upload).where(Upload.key == key).values(received=True).returning(Upload.id)
    return session.scalar(statement)
