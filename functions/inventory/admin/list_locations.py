"""GET /api/v1/inventory/admin/locations: where stock is stored."""

from ravo.inventory.locations import replies
from ravo.inventory.locations.schemas import LocationReply
from ravo.platform.database import reading
from ravo.platform.http import Listing, PageNumber, allowed, create_app, lambda_handler, listing

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/inventory/admin/locations",
    response_model=Listing[LocationReply],
    dependencies=[allowed("stock:read")],
)
async def list_locations(paging: PageNumber) -> Response:
    """List locations in the order that orders take from them."""
    with reading() as session:
        return listing(*replies.page_of_locations(session, paging))


handler = lambda_handler(app)
