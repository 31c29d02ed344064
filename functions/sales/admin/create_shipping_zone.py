"""POST /api/v1/sales/admin/shipping-zones: ship to more places."""

from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, create_app, created, lambda_handler, refusals
from ravo.sales.terms import replies, shipping
from ravo.sales.terms.errors import PlaceTaken, ShippingZoneNameTaken
from ravo.sales.terms.schemas import ShippingZoneInput, ShippingZoneReply

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
    """Make a shipping zone. Nothing is shipped there before it has a rate."""
    with transaction() as session:
        reply = replies.zone_of(session, shipping.create_zone(session, given))
    return created(reply, location=f"/api/v1/sales/admin/shipping-zones/{reply.id}")


handler = lambda_handler(app)
