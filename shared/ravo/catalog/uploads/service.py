"""Uploads: allowed here, sent straight to S3."""

from sqlalchemy.orm import Session

from ravo.catalog.uploads.models import Upload
from ravo.catalog.uploads.schemas import UploadInput
from ravo.platform import storage
from ravo.platform.ids import uuid7
from ravo.platform.settings import settings


def create(session: Session, given: UploadInput) -> tuple[Upload, storage.PresignedRequest]:
    """Allow an upload, and return how the file must be sent."""
    upload_id = uuid7()
    ending = given.filename.rpartition(".")[2].lower()
    upload = Upload(id=upload_id, filename=given.filename, key=f"uploads/{upload_id}.{ending}", size=given.size)
    session.add(upload)
    content_type = "text/csv" if ending == "csv" else "application/zip"
    return upload, storage.presign_upload(bucket(), upload.key, content_type=content_type, size=given.size)


def bucket() -> str:
    """Return the bucket that files are sent to."""
    bucket = settings().uploads_bucket
    assert bucket is not None
    return bucket
