"""GET /api/v1/sales/admin/promotions: promotions."""

from ravo.platform.database import reading
from ravo.platform.http import Listing, PageNumber, allowed, create_app, lambda_handler, listing
from ravo.sales.promotions import replies
from ravo.sales.promotions.schemas import PromotionCode, PromotionSummary

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/sales/admin/promotions",
    response_model=Listing[PromotionSummary],
    dependencies=[allowed("pricing:read")],
)
async def list_promotions(paging: PageNumber, code: PromotionCode | None = None) -> Response:
    """List promotions, the newest first, or the one with a given code."""
    with reading() as session:
        return listing(*replies.page_of_promotions(session, paging, code=code))


handler = lambda_handler(app)
