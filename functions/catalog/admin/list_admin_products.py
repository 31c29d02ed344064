"""GET /api/v1/catalog/admin/products: all products, drafts and archived ones included."""

from typing import Annotated, Literal
from uuid import UUID

from ravo.catalog.products import replies
from ravo.catalog.products.schemas import AdminProductSummary
from ravo.platform.database import reading
from ravo.platform.http import Listing, PageNumber, allowed, create_app, lambda_handler, listing

from fastapi import Query, Response

app = create_app()


@app.get(
    "/api/v1/catalog/admin/products",
    response_model=Listing[AdminProductSummary],
    dependencies=[allowed("products:read")],
)
async def list_admin_products(
    paging: PageNumber,
    status: Literal["draft", "active", "archived"] | None = None,
    search: Annotated[str, Query(max_length=200)] = "",
    before: UUID | None = None,
) -> Response:
    """List products, the newest first; `search` finds words of the name and the beginning of the SKU.

    For a long list pass the last id of a page as `before`: it goes on there however far in, at the same speed.
    """
    with reading() as session:
        shown, page = replies.page_of_products(session, status=status, search=search, paging=paging, before=before)
        return listing(shown, page)


handler = lambda_handler(app)
