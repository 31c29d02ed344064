"""POST /api/v1/sales/carts: create a cart."""

from ravo.platform.database import transaction
from ravo.platform.errors import Conflict, NotFound
from ravo.platform.http import Answer, Visitor, create_app, created, lambda_handler, refusals
from ravo.sales.carts import replies, service
from ravo.sales.carts.schemas import CartInput, CartReply

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/sales/carts",
    status_code=201,
    response_model=Answer[CartReply],
    responses=refusals(NotFound, Conflict),
)
async def create_cart(given: CartInput, visitor: Visitor) -> Response:
    """Create a cart for a guest, who keeps its id, or return the caller's one open cart.

    A caller who has no open cart gets a new one.
    """
    with transaction() as session:
        reply = replies.cart_of(service.create(session, given, by=visitor))
    return created(reply, location=f"/api/v1/sales/carts/{reply.id}")


handler = lambda_handler(app)
