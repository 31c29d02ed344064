"""GET /api/v1/inventory/admin/low-stock: what is running out."""

from ravo.inventory.stock import replies
from ravo.inventory.stock.schemas import LowStockReply
from ravo.platform.database import reading
from ravo.platform.http import Listing, PageNumber, allowed, create_app, lambda_handler, listing

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/inventory/admin/low-stock",
    response_model=Listing[LowStockReply],
    dependencies=[allowed("stock:read")],
)
async def list_low_stock(paging: PageNumber) -> Response:
    """List variants whose stock is at or below their alert level, and since when staff know."""
    with reading() as session:
        return listing(*replies.page_of_low_stock(session, paging))


handler = lambda_handler(app)
