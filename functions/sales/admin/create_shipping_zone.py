"""POST /api/v1/sales/admin/shipping-zones: create a shipping zone."""

from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, create_app, created, lambda_handler, refusals
from ravo.sales.shipping import replies, service
from ravo.sales.shipping.errors import PlaceTaken, ShippingZoneNameTaken
from ravo.sales.shipping.schemas import ShippingZoneInput, ShippingZoneReply

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/sales/admin/shipping-zones",
    status_code=201,
    response_model=Answer[ShippingZoneReply],
    responses=refusals(ShippingZoneNameTaken, PlaceTaken),
    dependencies=[allowed("pricing:write")],
)
async def create_shipping_zone(given: ShippingZoneInput) -> Response:
    """Create a shipping zone; nothing is shipped there before it has a rate."""
    with transaction() as session:
        reply = replies.zone_of(session, service.create_zone(session, given))
    return created(reply, location=f"/api/v1/sales/admin/shipping-zones/{reply.id}")


handler = lambda_handler(app)
