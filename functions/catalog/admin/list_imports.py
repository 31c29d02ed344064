"""GET /api/v1/catalog/admin/imports: the imports so far."""

from ravo.catalog.imports import replies
from ravo.catalog.imports.schemas import ImportSummary
from ravo.platform.database import reading
from ravo.platform.http import Listing, PageNumber, allowed, create_app, lambda_handler, listing

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/catalog/admin/imports",
    response_model=Listing[ImportSummary],
    dependencies=[allowed("catalog:import")],
)
async def list_imports(paging: PageNumber) -> Response:
    """List imports, the newest first."""
    with reading() as session:
        return listing(*replies.page_of_imports(session, paging))


handler = lambda_handler(app)
