"""S3: files that have arrived. Begins the imports that waited for them."""

from ravo.catalog.imports import service
from ravo.platform.database import transaction
from ravo.platform.jobs import upload_handler


def receive_upload(_bucket: str, key: str) -> None:
    """Record the arrival; a second notification finds nothing waiting."""
    with transaction() as session:
        service.received(session, key)


handler = upload_handler(receive_upload, hears=("uploads/*",), tries=3)
