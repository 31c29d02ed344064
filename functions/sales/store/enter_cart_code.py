"""POST /api/v1/sales/carts/{id}/discounts: enter a code."""

from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.http import Answer, Visitor, answer, create_app, lambda_handler, refusals
from ravo.sales.carts import replies, service
from ravo.sales.carts.errors import CartClosed, CartNotFound, CodeNotFound
from ravo.sales.carts.schemas import CartCodeInput, CartReply
from ravo.sales.http import codes

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/sales/carts/{id}/discounts",
    response_model=Answer[CartReply],
    responses=refusals(CartNotFound, CartClosed, CodeNotFound),
)
async def enter_cart_code(id: UUID, given: CartCodeInput, visitor: Visitor) -> Response:
    """Enter the code of a promotion or of a gift card; the answer shows whether it takes anything off."""
    with transaction() as session:
        return answer(replies.cart_of(service.enter_code(session, id, given.code, by=visitor)))


handler = lambda_handler(app, limited=codes)
