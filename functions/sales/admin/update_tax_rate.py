"""PATCH /api/v1/sales/admin/tax-rates/{id}: change a tax rate."""

from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.errors import VersionConflict
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals
from ravo.sales.taxes import replies, service
from ravo.sales.taxes.errors import TaxRateNotFound
from ravo.sales.taxes.schemas import TaxRateChange, TaxRateReply

from fastapi import Response

app = create_app()


@app.patch(
    "/api/v1/sales/admin/tax-rates/{id}",
    response_model=Answer[TaxRateReply],
    responses=refusals(TaxRateNotFound, VersionConflict),
    dependencies=[allowed("pricing:write")],
)
async def update_tax_rate(id: UUID, change: TaxRateChange) -> Response:
    """Change a tax rate; orders that were placed keep theirs."""
    with transaction() as session:
        return answer(replies.tax_rate_of(service.change(session, id, change)))


handler = lambda_handler(app)
