"""POST /api/v1/sales/carts/{id}/merge: take over a guest's cart."""

from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.http import Answer, Caller, answer, create_app, lambda_handler, refusals
from ravo.sales.carts import replies, service
from ravo.sales.carts.errors import CartNotFound, OtherCurrency
from ravo.sales.carts.schemas import CartReply

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/sales/carts/{id}/merge",
    response_model=Answer[CartReply],
    responses=refusals(CartNotFound, OtherCurrency),
)
async def merge_cart(id: UUID, caller: Caller) -> Response:
    """Make a guest's cart the caller's, or add it to the cart that the caller has; meant for right after signing in."""
    with transaction() as session:
        return answer(replies.cart_of(service.merge(session, id, by=caller)))


handler = lambda_handler(app)
