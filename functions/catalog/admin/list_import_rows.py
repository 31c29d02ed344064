"""GET /api/v1/catalog/admin/imports/{id}/rows: what became of each row."""

from uuid import UUID

from ravo.catalog.imports import replies
from ravo.catalog.imports.errors import ImportNotFound
from ravo.catalog.imports.schemas import Outcome, RowReply
from ravo.platform.database import reading
from ravo.platform.http import Listing, PageNumber, allowed, create_app, lambda_handler, listing, refusals

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/catalog/admin/imports/{id}/rows",
    response_model=Listing[RowReply],
    responses=refusals(ImportNotFound),
    dependencies=[allowed("catalog:import")],
)
async def list_import_rows(id: UUID, paging: PageNumber, outcome: Outcome | None = None) -> Response:
    """List the rows of an import by line; `outcome=rejected` returns each bad row with its line and the reason."""
    with reading() as session:
        return listing(*replies.page_of_rows(session, id, outcome, paging))


handler = lambda_handler(app)
