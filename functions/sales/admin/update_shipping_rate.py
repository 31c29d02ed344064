"""PATCH /api/v1/sales/admin/shipping-zones/{id}/rates/{rateId}: change a shipping rate."""

from typing import Annotated
from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.errors import VersionConflict
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals
from ravo.sales.shipping import replies, service
from ravo.sales.shipping.errors import ShippingRateNotFound
from ravo.sales.shipping.schemas import ShippingRateChange, ShippingRateReply

from fastapi import Path, Response

app = create_app()


@app.patch(
    "/api/v1/sales/admin/shipping-zones/{id}/rates/{rateId}",
    response_model=Answer[ShippingRateReply],
    responses=refusals(ShippingRateNotFound, VersionConflict),
    dependencies=[allowed("pricing:write")],
)
async def update_shipping_rate(
    id: UUID,
    rate_id: Annotated[UUID, Path(alias="rateId")],
    change: ShippingRateChange,
) -> Response:
    """Change a shipping rate; carts use it from their next price on, and orders keep theirs."""
    with transaction() as session:
        return answer(replies.rate_of(service.change_rate(session, id, rate_id, change)))


handler = lambda_handler(app)
