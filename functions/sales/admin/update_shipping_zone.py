"""PATCH /api/v1/sales/admin/shipping-zones/{id}: change a shipping zone."""

from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.errors import VersionConflict
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals
from ravo.sales.shipping import replies, service
from ravo.sales.shipping.errors import PlaceTaken, ShippingZoneNameTaken, ShippingZoneNotFound
from ravo.sales.shipping.schemas import ShippingZoneChange, ShippingZoneReply

from fastapi import Response

app = create_app()


@app.patch(
    "/api/v1/sales/admin/shipping-zones/{id}",
    response_model=Answer[ShippingZoneReply],
    responses=refusals(ShippingZoneNotFound, ShippingZoneNameTaken, PlaceTaken, VersionConflict),
    dependencies=[allowed("pricing:write")],
)
async def update_shipping_zone(id: UUID, change: ShippingZoneChange) -> Response:
    """Rename a shipping zone, close it, or replace its places."""
    with transaction() as session:
        return answer(replies.zone_of(session, service.change_zone(session, id, change)))


handler = lambda_handler(app)
