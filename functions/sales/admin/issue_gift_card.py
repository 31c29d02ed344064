"""POST /api/v1/sales/admin/gift-cards: issue a gift card."""

from typing import Annotated

from ravo.platform.database import transaction
from ravo.platform.http import Answer, allowed, create_app, created, lambda_handler
from ravo.platform.tokens import Principal
from ravo.sales.gift_cards import replies, service
from ravo.sales.gift_cards.schemas import GiftCardInput, IssuedGiftCard

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/sales/admin/gift-cards",
    status_code=201,
    response_model=Answer[IssuedGiftCard],
)
async def issue_gift_card(given: GiftCardInput, staff: Annotated[Principal, allowed("pricing:write")]) -> Response:
    """Issue a gift card; only this answer has its code.

    If the code is lost, switch the card off and issue another one.
    """
    with transaction() as session:
        reply = replies.issued_gift_card(*service.issue(session, given, actor_id=staff.id))
    return created(reply, location=f"/api/v1/sales/admin/gift-cards/{reply.id}")


handler = lambda_handler(app)
