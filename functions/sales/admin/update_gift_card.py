"""PATCH /api/v1/sales/admin/gift-cards/{id}: switch a gift card off or on."""

from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.errors import VersionConflict
from ravo.platform.http import Answer, allowed, answer, create_app, lambda_handler, refusals
from ravo.sales.gift_cards import replies, service
from ravo.sales.gift_cards.errors import GiftCardNotFound
from ravo.sales.gift_cards.schemas import GiftCardChange, GiftCardReply

from fastapi import Response

app = create_app()


@app.patch(
    "/api/v1/sales/admin/gift-cards/{id}",
    response_model=Answer[GiftCardReply],
    responses=refusals(GiftCardNotFound, VersionConflict),
    dependencies=[allowed("pricing:write")],
)
async def update_gift_card(id: UUID, change: GiftCardChange) -> Response:
    """Switch a gift card off or on, or change its expiry; its balance stays."""
    with transaction() as session:
        return answer(replies.gift_card_of(service.change(session, id, change)))


handler = lambda_handler(app)
