"""GET /api/v1/inventory/admin/stock: stock by variant."""

from typing import Annotated

from ravo.inventory.stock import replies
from ravo.inventory.stock.schemas import StockReply
from ravo.platform.database import reading
from ravo.platform.http import Listing, PageNumber, allowed, create_app, lambda_handler, listing

from fastapi import Query, Response

app = create_app()


@app.get(
    "/api/v1/inventory/admin/stock",
    response_model=Listing[StockReply],
    dependencies=[allowed("stock:read")],
)
async def list_stock(paging: PageNumber, search: Annotated[str, Query(max_length=64)] = "") -> Response:
    """List variants by SKU with their stock over all locations; `search` is the beginning of a SKU."""
    with reading() as session:
        return listing(*replies.page_of_stock(session, paging, search=search))


handler = lambda_handler(app)
