"""GET /api/v1/sales/carts/{id}: a cart with what it costs now."""

from uuid import UUID

from ravo.platform.database import reading
from ravo.platform.http import Answer, Visitor, answer, create_app, lambda_handler, refusals
from ravo.sales.carts import replies, service
from ravo.sales.carts.errors import CartNotFound
from ravo.sales.carts.schemas import CartReply

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/sales/carts/{id}",
    response_model=Answer[CartReply],
    responses=refusals(CartNotFound),
)
async def get_cart(id: UUID, visitor: Visitor) -> Response:
    """Return the cart with today's prices, taxes and promotions; a changed price comes with the previous one."""
    with reading() as session:
        return answer(replies.cart_of(service.find(session, id, by=visitor)))


handler = lambda_handler(app)
