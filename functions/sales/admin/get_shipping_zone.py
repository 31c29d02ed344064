"""GET /api/v1/sales/admin/shipping-zones/{id}: one shipping zone."""

from uuid import UUID

from ravo.platform.database import reading
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals
from ravo.sales.shipping import replies
from ravo.sales.shipping.errors import ShippingZoneNotFound
from ravo.sales.shipping.schemas import ShippingZoneReply

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/sales/admin/shipping-zones/{id}",
    response_model=Answer[ShippingZoneReply],
    responses=refusals(ShippingZoneNotFound),
    dependencies=[allowed("pricing:read")],
)
async def get_shipping_zone(id: UUID) -> Response:
    """Return a shipping zone with its places and rates."""
    with reading() as session:
        return answer(replies.zone_by_id(session, id))


handler = lambda_handler(app)
