"""GET /api/v1/sales/me/orders: the caller's orders."""

from ravo.platform.database import reading
from ravo.platform.http import Caller, Listing, PageNumber, create_app, lambda_handler, listing
from ravo.sales.lifecycle import replies
from ravo.sales.lifecycle.schemas import OrderSummary

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/sales/me/orders",
    response_model=Listing[OrderSummary],
)
async def list_my_orders(paging: PageNumber, caller: Caller) -> Response:
    """List the caller's orders, the newest first."""
    with reading() as session:
        return listing(*replies.page_of_customer(session, paging, by=caller))


handler = lambda_handler(app)
