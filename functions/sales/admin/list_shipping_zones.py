"""GET /api/v1/sales/admin/shipping-zones: where the shop ships to."""

from ravo.platform.database import reading
from ravo.platform.http import Listing, PageNumber, allowed, create_app, lambda_handler, listing
from ravo.sales.shipping import replies
from ravo.sales.shipping.schemas import ShippingZoneReply

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/sales/admin/shipping-zones",
    response_model=Listing[ShippingZoneReply],
    dependencies=[allowed("pricing:read")],
)
async def list_shipping_zones(paging: PageNumber) -> Response:
    """List shipping zones by name, each with its places and rates."""
    with reading() as session:
        return listing(*replies.page_of_zones(session, paging))


handler = lambda_handler(app)
