"""GET /api/v1/sales/admin/gift-cards: issued gift cards."""

from ravo.platform.database import reading
from ravo.platform.http import Listing, PageNumber, allowed, create_app, lambda_handler, listing
from ravo.sales.gift_cards import replies
from ravo.sales.gift_cards.schemas import GiftCardReply

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/sales/admin/gift-cards",
    response_model=Listing[GiftCardReply],
    dependencies=[allowed("pricing:read")],
)
async def list_gift_cards(paging: PageNumber) -> Response:
    """List gift cards, the newest first."""
    with reading() as session:
        return listing(*replies.page_of_gift_cards(session, paging))


handler = lambda_handler(app)
