"""GET /api/v1/catalog/admin/categories: categories as staff see them."""

from ravo.catalog.categories import replies
from ravo.catalog.categories.schemas import AdminCategory
from ravo.platform.database import reading
from ravo.platform.http import Listing, PageNumber, allowed, create_app, lambda_handler, listing

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/catalog/admin/categories",
    response_model=Listing[AdminCategory],
    dependencies=[allowed("products:read")],
)
async def list_admin_categories(paging: PageNumber) -> Response:
    """List categories by path."""
    with reading() as session:
        return listing(*replies.page_of_categories(session, paging))


handler = lambda_handler(app)
