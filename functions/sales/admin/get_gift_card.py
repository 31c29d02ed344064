"""GET /api/v1/sales/admin/gift-cards/{id}: one gift card."""

from uuid import UUID

from ravo.platform.database import reading
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals
from ravo.sales.gift_cards import replies
from ravo.sales.gift_cards.errors import GiftCardNotFound
from ravo.sales.gift_cards.schemas import GiftCardDetail

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/sales/admin/gift-cards/{id}",
    response_model=Answer[GiftCardDetail],
    responses=refusals(GiftCardNotFound),
    dependencies=[allowed("pricing:read")],
)
async def get_gift_card(id: UUID) -> Response:
    """Return a gift card with its latest hundred movements."""
    with reading() as session:
        return answer(replies.gift_card_by_id(session, id))


handler = lambda_handler(app)
