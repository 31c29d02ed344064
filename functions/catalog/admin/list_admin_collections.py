"""GET /api/v1/catalog/admin/collections: collections as staff see them."""

from ravo.catalog.collections import replies
from ravo.catalog.collections.schemas import AdminCollectionSummary
from ravo.platform.database import reading
from ravo.platform.http import Listing, PageNumber, allowed, create_app, lambda_handler, listing

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/catalog/admin/collections",
    response_model=Listing[AdminCollectionSummary],
    dependencies=[allowed("products:read")],
)
async def list_admin_collections(paging: PageNumber) -> Response:
    """List collections by name."""
    with reading() as session:
        return listing(*replies.page_of_collections(session, paging))


handler = lambda_handler(app)
