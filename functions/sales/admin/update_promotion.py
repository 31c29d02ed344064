"""PATCH /api/v1/sales/admin/promotions/{id}: change a promotion."""

from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.errors import VersionConflict
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals
from ravo.sales.promotions import replies, service
from ravo.sales.promotions.errors import (
    PromotionCodeTaken,
    PromotionNotFound,
    PromotionTargetUnknown,
    PromotionUsedMore,
)
from ravo.sales.promotions.schemas import PromotionChange, PromotionReply

from fastapi import Response

app = create_app()


@app.patch(
    "/api/v1/sales/admin/promotions/{id}",
    response_model=Answer[PromotionReply],
    responses=refusals(
        PromotionNotFound, PromotionCodeTaken, PromotionUsedMore, PromotionTargetUnknown, VersionConflict
    ),
    dependencies=[allowed("pricing:write")],
)
async def update_promotion(id: UUID, change: PromotionChange) -> Response:
    """Change a promotion; carts use it from their next price on, and orders keep their discounts."""
    with transaction() as session:
        return answer(replies.promotion_of(session, service.change(session, id, change)))


handler = lambda_handler(app)
