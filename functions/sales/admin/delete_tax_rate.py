"""DELETE /api/v1/sales/admin/tax-rates/{id}: delete a tax rate."""

from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.http import allowed, create_app, lambda_handler, no_content, refusals
from ravo.sales.taxes import service
from ravo.sales.taxes.errors import TaxRateNotFound

from fastapi import Response

app = create_app()


@app.delete(
    "/api/v1/sales/admin/tax-rates/{id}",
    status_code=204,
    responses=refusals(TaxRateNotFound),
    dependencies=[allowed("pricing:write")],
)
async def delete_tax_rate(id: UUID) -> Response:
    """Delete a tax rate; its place is then taxed at the rate of its country, or not at all."""
    with transaction() as session:
        service.delete(session, id)
    return no_content()


handler = lambda_handler(app)
