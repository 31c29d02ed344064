"""POST /api/v1/catalog/admin/exports: export the catalogue to a file."""

from ravo.catalog.exports import service
from ravo.catalog.exports.schemas import ExportReply
from ravo.platform.database import transaction
from ravo.platform.http import Answer, accepted, allowed, create_app, lambda_handler

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/catalog/admin/exports",
    status_code=202,
    response_model=Answer[ExportReply],
    dependencies=[allowed("catalog:import")],
)
async def create_export() -> Response:
    """Start an export in the `custom` format; importing its file again changes nothing."""
    with transaction() as session:
        reply = service.create(session)
    return accepted(reply, location=f"/api/v1/catalog/admin/exports/{reply.id}")


handler = lambda_handler(app)
