"""GET /api/v1/catalog/admin/imports/{id}: how far an import is."""

from uuid import UUID

from ravo.catalog.imports import replies
from ravo.catalog.imports.errors import ImportNotFound
from ravo.catalog.imports.schemas import ImportReply
from ravo.platform.database import reading
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/catalog/admin/imports/{id}",
    response_model=Answer[ImportReply],
    responses=refusals(ImportNotFound),
    dependencies=[allowed("catalog:import")],
)
async def get_import(id: UUID) -> Response:
    """Return the status and progress of an import, and what became of its products and variants so far."""
    with reading() as session:
        return answer(replies.import_of(session, id))


handler = lambda_handler(app)
