"""PUT /api/v1/sales/carts/{id}/shipping: choose how a cart is shipped."""

from uuid import UUID

from ravo.platform.database import transaction
from ravo.platform.http import Answer, Visitor, answer, create_app, lambda_handler, refusals
from ravo.sales.carts import replies, service
from ravo.sales.carts.errors import CartClosed, CartNotFound, ShippingRateUnfit
from ravo.sales.carts.schemas import CartReply, CartShippingInput

from fastapi import Response

app = create_app()


@app.put(
    "/api/v1/sales/carts/{id}/shipping",
    response_model=Answer[CartReply],
    responses=refusals(CartNotFound, CartClosed, ShippingRateUnfit),
)
async def set_cart_shipping(id: UUID, given: CartShippingInput, visitor: Visitor) -> Response:
    """Choose one of the cart's shipping options."""
    with transaction() as session:
        changed = service.set_shipping(session, id, given.shipping_rate_id, by=visitor)
        return answer(replies.cart_of(changed))


handler = lambda_handler(app)
