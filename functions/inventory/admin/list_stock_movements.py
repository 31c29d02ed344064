"""GET /api/v1/inventory/admin/stock/{variantId}/movements: the ledger of a variant."""

from typing import Annotated
from uuid import UUID

from ravo.inventory.movements import replies
from ravo.inventory.movements.schemas import MovementReply
from ravo.platform.database import reading
from ravo.platform.http import Listing, PageNumber, allowed, create_app, lambda_handler, listing

from fastapi import Path, Response

app = create_app()


@app.get(
    "/api/v1/inventory/admin/stock/{variantId}/movements",
    response_model=Listing[MovementReply],
    dependencies=[allowed("stock:read")],
)
async def list_stock_movements(variant_id: Annotated[UUID, Path(alias="variantId")], paging: PageNumber) -> Response:
    """List all movements of a variant's stock, counts included, the newest first."""
    with reading() as session:
        return listing(*replies.page_of_movements(session, variant_id, paging))


handler = lambda_handler(app)
