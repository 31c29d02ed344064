"""GET /api/v1/sales/admin/promotions/{id}: one promotion."""

from uuid import UUID

from ravo.platform.database import reading
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals
from ravo.sales.promotions import replies
from ravo.sales.promotions.errors import PromotionNotFound
from ravo.sales.promotions.schemas import PromotionReply

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/sales/admin/promotions/{id}",
    response_model=Answer[PromotionReply],
    responses=refusals(PromotionNotFound),
    dependencies=[allowed("pricing:read")],
)
async def get_promotion(id: UUID) -> Response:
    """Return a promotion with the products and categories that it applies to."""
    with reading() as session:
        return answer(replies.promotion_by_id(session, id))


handler = lambda_handler(app)
