"""GET /api/v1/sales/carts/{id}/shipping-options: ways to ship a cart."""

from uuid import UUID

from ravo.platform.database import reading
from ravo.platform.http import Answer, Visitor, answer, create_app, lambda_handler, refusals
from ravo.sales.carts import replies, service
from ravo.sales.carts.errors import CartNotFound
from ravo.sales.carts.schemas import ShippingOption

from fastapi import Response

app = create_app()


@app.get(
    "/api/v1/sales/carts/{id}/shipping-options",
    response_model=Answer[list[ShippingOption]],
    responses=refusals(CartNotFound),
)
async def list_shipping_options(id: UUID, visitor: Visitor) -> Response:
    """List the ways to ship the cart to its address at its weight, as the shop ranks them; none without an address."""
    with reading() as session:
        return answer(replies.options_of(*service.shipping_options(session, id, by=visitor)))


handler = lambda_handler(app)
