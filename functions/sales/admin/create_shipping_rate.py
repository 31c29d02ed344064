"""POST /api/v1/sales/admin/shipping-zones/{id}/rates: add a shipping rate."""

from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, create_app, created, lambda_handler, refusals
from ravo.sales.shipping import replies, service
from ravo.sales.shipping.errors import ShippingZoneNotFound
from ravo.sales.shipping.schemas import ShippingRateInput, ShippingRateReply

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/sales/admin/shipping-zones/{id}/rates",
    status_code=201,
    response_model=Answer[ShippingRateReply],
    responses=refusals(ShippingZoneNotFound),
    dependencies=[allowed("pricing:write")],
)
async def create_shipping_rate(id: UUID, given: ShippingRateInput) -> Response:
    """Add a rate to a shipping zone."""
    with transaction() as session:
        reply = replies.rate_of(service.create_rate(session, id, given))
    return created(reply, location=f"/api/v1/sales/admin/shipping-zones/{id}/rates/{reply.id}")


handler = lambda_handler(app)
