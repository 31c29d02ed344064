"""DELETE /api/v1/sales/admin/promotions/{id}: delete a promotion."""

from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.http import allowed, create_app, lambda_handler, no_content, refusals
from ravo.sales.promotions import service
from ravo.sales.promotions.errors import PromotionNotFound

from fastapi import Response

app = create_app()


@app.delete(
    "/api/v1/sales/admin/promotions/{id}",
    status_code=204,
    responses=refusals(PromotionNotFound),
    dependencies=[allowed("pricing:write")],
)
async def delete_promotion(id: UUID) -> Response:
    """Delete a promotion; its code is free again, and orders keep their discounts."""
    with transaction() as session:
        service.delete(session, id)
    return no_content()


handler = lambda_handler(app)
