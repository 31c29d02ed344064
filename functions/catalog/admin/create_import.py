"""POST /api/v1/catalog/admin/imports: import a catalogue."""

from ravo.catalog.imports import replies, service
from ravo.catalog.imports.errors import OneSource, UnknownField
from ravo.catalog.imports.schemas import ImportInput, ImportReply
from ravo.catalog.uploads.errors import UploadNotFound
from ravo.platform.database import transaction
from ravo.platform.http import Answer, accepted, allowed, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/catalog/admin/imports",
    status_code=202,
    response_model=Answer[ImportReply],
    responses=refusals(OneSource, UnknownField, UploadNotFound),
    dependencies=[allowed("catalog:import")],
)
async def create_import(given: ImportInput) -> Response:
    """Start an import, which then runs in the background.

    A file over 1 MiB is sent to S3 first and named by `uploadId`; it may still be on its way.
    """
    prepared = service.prepare(given)
    with transaction() as session:
        reply = replies.import_of(session, service.create(session, prepared).id)
    return accepted(reply, location=f"/api/v1/catalog/admin/imports/{reply.id}")


handler = lambda_handler(app)
