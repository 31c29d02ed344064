"""POST /api/v1/sales/checkout: place an order from a cart."""

from ravo.inventory.reservations.errors import InsufficientStock
from ravo.inventory.stock.errors import UnknownVariant
from ravo.platform.database import transaction
from ravo.platform.http import Answer, Visitor, create_app, created, keyed, lambda_handler, refusals
from ravo.sales.carts.errors import CartClosed, CartNotFound
from ravo.sales.checkout import service
from ravo.sales.checkout.errors import CartIncomplete, GuestsMayNotBuy, TotalChanged
from ravo.sales.checkout.schemas import CheckoutInput, CheckoutReply
from ravo.sales.gift_cards.errors import GiftCardUsedUp
from ravo.sales.http import checkouts
from ravo.sales.intents import service as intents
from ravo.sales.intents.errors import PaymentFailed, PaymentsUnavailable
from ravo.sales.promotions.errors import PromotionUsedUp

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/sales/checkout",
    status_code=201,
    response_model=Answer[CheckoutReply],
    responses=refusals(
        CartNotFound,
        CartClosed,
        CartIncomplete,
        GuestsMayNotBuy,
        TotalChanged,
        PromotionUsedUp,
        GiftCardUsedUp,
        InsufficientStock,
        UnknownVariant,
        PaymentFailed,
        PaymentsUnavailable,
    ),
    dependencies=[keyed],
)
async def checkout(given: CheckoutInput, visitor: Visitor) -> Response:
    """Place the order, reserve its stock, and begin its payment.

    A cart becomes one order, however often this is sent. If payments can't be taken right now, the order is placed all
    the same. The refusal names the order, and `POST /orders/{id}/pay` continues it within half an hour.
    """
    with transaction() as session:
        placed = service.place(session, given, by=visitor)
    reply = intents.begin(placed.order, is_new=placed.is_new)
    return created(reply, location=f"/api/v1/sales/orders/{reply.order_id}")


handler = lambda_handler(app, limited=checkouts)
