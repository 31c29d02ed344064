"""POST /api/v1/catalog/admin/import-uploads: allow a file to be sent to S3."""

from ravo.catalog.uploads import service
from ravo.catalog.uploads.schemas import UploadInput, UploadReply
from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, create_app, created, lambda_handler

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/catalog/admin/import-uploads",
    status_code=201,
    response_model=Answer[UploadReply],
    dependencies=[allowed("catalog:import")],
)
async def create_import_upload(given: UploadInput) -> Response:
    """Return a presigned request for a file to import: send the file exactly as it says, then create the import."""
    with transaction() as session:
        upload, request = service.create(session, given)
        reply = UploadReply(upload_id=upload.id, method=request.method, url=request.url, headers=request.headers)
    return created(reply, location=request.url)


handler = lambda_handler(app)
