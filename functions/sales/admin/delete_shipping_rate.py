"""DELETE /api/v1/sales/admin/shipping-zones/{id}/rates/{rateId}: delete a shipping rate."""

from typing import Annotated
from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.http import allowed, create_app, lambda_handler, no_content, refusals
from ravo.sales.shipping import service
from ravo.sales.shipping.errors import ShippingRateNotFound

from fastapi import Path, Response

app = create_app()


@app.delete(
    "/api/v1/sales/admin/shipping-zones/{id}/rates/{rateId}",
    status_code=204,
    responses=refusals(ShippingRateNotFound),
    dependencies=[allowed("pricing:write")],
)
async def delete_shipping_rate(
    id: UUID,
    rate_id: Annotated[UUID, Path(alias="rateId")],
) -> Response:
    """Delete a shipping rate; carts that chose it must choose again."""
    with transaction() as session:
        service.delete_rate(session, id, rate_id)
    return no_content()


handler = lambda_handler(app)
