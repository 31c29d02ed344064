"""S3: a file has arrived. Begins the imports that waited for it."""

from ravo.catalog.imports import service
from ravo.platform.database import transaction
from ravo.platform.jobs import upload_handler


def receive_upload(_bucket: str, key: str) -> None:
    """Note the arrival; a second word of it finds nothing waiting."""
    with transaction() as session:
        service.received(session, key)


handler = upload_handler(receive_upload, hears=("uploads/*",), tries=3)
