"""POST /api/v1/inventory/admin/stock/{variantId}/adjustments: count or move stock."""

from typing import Annotated
from uuid import UUID

from ravo.inventory.locations.errors import LocationNotFound
from ravo.inventory.movements import service as movements
from ravo.inventory.movements.errors import StockHeld
from ravo.inventory.movements.schemas import AdjustmentInput
from ravo.inventory.stock.errors import UnknownVariant
from ravo.inventory.stock.schemas import LevelReply
from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, create_app, created, lambda_handler, refusals
from ravo.platform.tokens import Principal

from fastapi import Path, Response

app = create_app()


@app.post(
    "/api/v1/inventory/admin/stock/{variantId}/adjustments",
    status_code=201,
    response_model=Answer[LevelReply],
    responses=refusals(UnknownVariant, LocationNotFound, StockHeld),
)
async def adjust_stock(
    variant_id: Annotated[UUID, Path(alias="variantId")],
    given: AdjustmentInput,
    staff: Annotated[Principal, allowed("stock:write")],
) -> Response:
    """Record how many pieces came or went, or how many there are; the ledger keeps who recorded it and why."""
    with transaction() as session:
        level = movements.adjust(session, variant_id, given, actor_id=staff.id)
    return created(level, location=f"/api/v1/inventory/admin/stock/{variant_id}/movements")


handler = lambda_handler(app)
