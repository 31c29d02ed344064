"""GET /api/v1/catalog/admin/products: all products, drafts and archived ones included."""

from typing import Annotated, Literal
from uuid import UUID

from ravo.catalog.products import replies
from ravo.catalog.products.schemas import AdminProductSummary
from ravo.platform.database import reading
from ravo.platform.http import Listing, allowed, create_app, lambda_handler, listing
from ravo.platform.paging import PagedQuery

from fastapi import Query, Response
from pydantic import Field

app = create_app()


class AdminProductQuery(PagedQuery):
    """The filters and the page of a list of products."""

    status: Literal["draft", "active", "archived"] | None = None
    search: Annotated[str, Field(max_length=200)] = ""
    cursor: UUID | None = None
    before: Annotated[
        UUID | None, Field(json_schema_extra={"deprecated": True}, description="The former name of `cursor`.")
    ] = None


@app.get(
    "/api/v1/catalog/admin/products",
    response_model=Listing[AdminProductSummary],
    dependencies=[allowed("products:read")],
)
async def list_admin_products(asked: Annotated[AdminProductQuery, Query()]) -> Response:
    """List products, the newest first; `search` finds words of the name and the beginning of the SKU.

    For a long list pass the last id of a page as `cursor`: every page then takes the same time.
    """
    with reading() as session:
        cursor = asked.cursor or asked.before
        shown = replies.page_of_products(
            session, status=asked.status, search=asked.search, paging=asked.paging, cursor=cursor
        )
        return listing(*shown)


handler = lambda_handler(app)
