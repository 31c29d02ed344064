"""POST /api/v1/sales/admin/tax-rates: create a tax rate."""

from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, create_app, created, lambda_handler, refusals
from ravo.sales.taxes import replies, service
from ravo.sales.taxes.errors import TaxRateTaken
from ravo.sales.taxes.schemas import TaxRateInput, TaxRateReply

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/sales/admin/tax-rates",
    status_code=201,
    response_model=Answer[TaxRateReply],
    responses=refusals(TaxRateTaken),
    dependencies=[allowed("pricing:write")],
)
async def create_tax_rate(given: TaxRateInput) -> Response:
    """Tax a class of products in a country or a part of one; it applies to orders from now on."""
    with transaction() as session:
        reply = replies.tax_rate_of(service.create(session, given))
    return created(reply, location=f"/api/v1/sales/admin/tax-rates/{reply.id}")


handler = lambda_handler(app)
