"""DELETE /api/v1/sales/admin/shipping-zones/{id}: delete a shipping zone."""

from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.http import allowed, create_app, lambda_handler, no_content, refusals
from ravo.sales.shipping import service
from ravo.sales.shipping.errors import ShippingZoneNotFound

from fastapi import Response

app = create_app()


@app.delete(
    "/api/v1/sales/admin/shipping-zones/{id}",
    status_code=204,
    responses=refusals(ShippingZoneNotFound),
    dependencies=[allowed("pricing:write")],
)
async def delete_shipping_zone(id: UUID) -> Response:
    """Delete a shipping zone with its rates; carts that chose one must choose again."""
    with transaction() as session:
        service.delete_zone(session, id)
    return no_content()


handler = lambda_handler(app)
