"""GET /api/v1/catalog/admin/exports/{id}: how far an export is, and where its file is."""

from uuid import UUID

from ravo.catalog.exports import service
from ravo.catalog.exports.errors import ExportNotFound
from ravo.catalog.exports.schemas import ExportReply
from ravo.platform.database import reading
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/catalog/admin/exports/{id}",
    response_model=Answer[ExportReply],
    responses=refusals(ExportNotFound),
    dependencies=[allowed("catalog:import")],
)
async def get_export(id: UUID) -> Response:
    """Return the status of an export and, once it is completed, a link to the file."""
    with reading() as session:
        return answer(service.get(session, id))


handler = lambda_handler(app)
