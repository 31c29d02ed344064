"""POST /api/v1/sales/admin/promotions: create a promotion."""

from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, create_app, created, lambda_handler, refusals
from ravo.sales.promotions import replies, service
from ravo.sales.promotions.errors import PromotionCodeTaken, PromotionTargetUnknown
from ravo.sales.promotions.schemas import PromotionInput, PromotionReply

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/sales/admin/promotions",
    status_code=201,
    response_model=Answer[PromotionReply],
    responses=refusals(PromotionCodeTaken, PromotionTargetUnknown),
    dependencies=[allowed("pricing:write")],
)
async def create_promotion(given: PromotionInput) -> Response:
    """Create a promotion: for everyone, or with a code for those who enter it."""
    with transaction() as session:
        reply = replies.promotion_of(session, service.create(session, given))
    return created(reply, location=f"/api/v1/sales/admin/promotions/{reply.id}")


handler = lambda_handler(app)
