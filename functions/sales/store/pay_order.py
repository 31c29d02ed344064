"""POST /api/v1/sales/orders/{id}/pay: begin an order's payment, or continue it."""

from uuid import UUID

from ravo.platform.database import reading
from ravo.platform.http import Answer, Visitor, answer, create_app, keyed, lambda_handler, refusals
from ravo.sales.checkout.schemas import CheckoutReply
from ravo.sales.http import checkouts
from ravo.sales.intents import service
from ravo.sales.intents.errors import OrderNotPayable, PaymentFailed, PaymentsUnavailable
from ravo.sales.orders.errors import OrderNotFound

from fastapi import Response

app = create_app()


@app.post(
    "/api/v1/sales/orders/{id}/pay",
    response_model=Answer[CheckoutReply],
    responses=refusals(OrderNotFound, OrderNotPayable, PaymentFailed, PaymentsUnavailable),
    dependencies=[keyed],
)
async def pay_order(id: UUID, visitor: Visitor) -> Response:
    """Return what a browser needs to pay the order; it is the same payment as long as one is open."""
    with reading() as session:
        order = service.find_payable(session, id, by=visitor)
    return answer(service.begin(order))


handler = lambda_handler(app, limited=checkouts)
