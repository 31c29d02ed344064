"""GET /api/v1/sales/admin/payments/discrepancies: payments that do not add up."""

from ravo.platform.database import reading
from ravo.platform.http import Listing, PageNumber, allowed, create_app, lambda_handler, listing
from ravo.sales.discrepancies import replies
from ravo.sales.discrepancies.schemas import DiscrepancyReply

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/sales/admin/payments/discrepancies",
    response_model=Listing[DiscrepancyReply],
    dependencies=[allowed("orders:read")],
)
async def list_payment_discrepancies(paging: PageNumber) -> Response:
    """List where a provider's books and ours differ and staff must decide, the newest first; it should stay empty."""
    with reading() as session:
        return listing(*replies.page_of_discrepancies(session, paging))


handler = lambda_handler(app)
