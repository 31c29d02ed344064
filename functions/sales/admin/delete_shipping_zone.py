"""DELETE /api/v1/sales/admin/shipping-zones/{id}: delete a shipping zone."""

from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.http import allowed, create_app, lambda_handler, no_content, refusals
from ravo.sales.terms import shipping
from ravo.sales.terms.errors import ShippingZoneNotFound

from fastapi import Response

app = create_app()


@app.delete(
    "/api/v1/sales/admin/shipping-zones/{id}",
    status_code=204,
    responses=refusals(ShippingZoneNotFound),
    dependencies=[allowed("pricing:write")],
)
async def delete_shipping_zone(id: UUID) -> Response:  # noqa: A002  (the path's own name)
    """Delete a shipping zone with its rates; carts that had chosen one choose anew."""
    with transaction() as session:
        shipping.delete_zone(session, id)
    return no_content()


handler = lambda_handler(app)
