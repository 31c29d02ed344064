"""GET /api/v1/sales/admin/tax-rates: tax rates by place."""

from ravo.platform.addresses import CountryCode
from ravo.platform.database import reading
from ravo.platform.http import Listing, PageNumber, allowed, create_app, lambda_handler, listing
from ravo.sales.taxes import replies
from ravo.sales.taxes.schemas import TaxRateReply

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/sales/admin/tax-rates",
    response_model=Listing[TaxRateReply],
    dependencies=[allowed("pricing:read")],
)
async def list_tax_rates(paging: PageNumber, country: CountryCode | None = None) -> Response:
    """List tax rates by place, or those of one country."""
    with reading() as session:
        return listing(*replies.page_of_tax_rates(session, paging, country=country))


handler = lambda_handler(app)
