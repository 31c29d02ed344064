"""The rules of refunds: a queue sends them to the provider, and money that went back is booked."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.adapters.payments import PaymentRefused, RefundResult, RefundStatus
from ravo.adapters.registry import provider
from ravo.platform.database import reading, transaction
from ravo.platform.observability import count, logger
from ravo.platform.tokens import Principal
from ravo.sales.carts.errors import OtherCurrency
from ravo.sales.discrepancies import queries as discrepancies
from ravo.sales.lifecycle import service as orders
from ravo.sales.orders import queries as orders_queries
from ravo.sales.orders.models import OrderItem
from ravo.sales.orders.queries import OrderRow
from ravo.sales.payments import queries as money
from ravo.sales.payments import service as payments
from ravo.sales.payments.errors import RefundTooLarge
from ravo.sales.payments.queries import AskedRefund
from ravo.sales.payments.service import STRIPE
from ravo.sales.refunds.errors import OrderItemNotFound
from ravo.sales.refunds.schemas import RefundInput

_NOT_GONE = (RefundStatus.FAILED, RefundStatus.CANCELED)


def refund(session: Session, order_id: UUID, given: RefundInput, *, by: Principal) -> None:
    """Send money of an order back: an amount, what some units cost, or all that is left.

    Refuses with `OrderNotFound`, `OrderItemNotFound`, `OtherCurrency`, or `RefundTooLarge`.
    """
    order = orders.locked(session, order_id)
    if given.amount and given.amount.currency != order.currency:
        raise OtherCurrency("The order is in another currency. Send the amount in that one.")
    items = {item.id: item for item in orders_queries.items(session, order_id)}
    gone = money.refunded_pieces(session, order_id)
    pieces = _pieces(given, items, gone)
    amount = given.amount.amount if given.amount else _price(order, given, items, gone)
    made = payments.request(session, order_id, amount=amount, reason=given.reason, actor_id=by.id)
    if not made:
        raise RefundTooLarge
    first = next(iter(made))
    if pieces:
        money.add_refund_items(session, first, pieces, restocked=given.restock)
    if given.restock:
        variants: dict[UUID, int] = {}
        for item in items.values():
            variants[item.variant_id] = variants.get(item.variant_id, 0) + pieces.get(item.id, 0)
        reference = f"refund:{first}"
        orders.take_back(session, order_id, reference=reference, cause=first, pieces=variants, actor_id=by.id)
    at_once = sum(
        (row.amount for row in money.refunds_of(session, order_id) if row.id in made and row.status == "succeeded"),
        Decimal(0),
    )
    if at_once:
        orders.record_refund(session, order, at_once, actor_id=by.id)


def process(refund_id: UUID) -> None:
    """Have the provider send a refund's money. Doing it again makes no second refund. Raises `ProviderUnavailable`."""
    with reading() as session:
        asked = money.refund_by_id(session, refund_id)
    if asked is None or asked.status != "requested":
        return
    try:
        result = _known(asked) or provider(asked.provider).refund(
            intent_id=asked.intent_id,
            amount=asked.amount,
            currency=asked.currency,
            refund_id=refund_id,
            idempotency_key=f"refund-{refund_id}",
        )
    except PaymentRefused as refused:
        _fail(asked.order_id, refund_id, refused.reason)
        return
    _finish(asked.order_id, refund_id, asked.payment_id, result)


def sync_with_provider(intent_id: str) -> bool:
    """Update the refunds of a payment from the provider; returns whether all of them agree with our books.

    One that was made in the provider's dashboard is recorded as a discrepancy, and so is one that came back after it
    had been sent: people must decide what follows.
    """
    agrees = True
    for result in provider(STRIPE).list_refunds(intent_id):
        with reading() as session:
            asked = money.refund_by_id(session, result.refund_id) if result.refund_id else None
        if asked is None:
            _write_down(intent_id, result, expected=Decimal(0), actual=result.amount)
        elif asked.status == "succeeded" and result.status in _NOT_GONE:
            _note_returned(asked, result)
            _write_down(intent_id, result, expected=result.amount, actual=Decimal(0))
        else:
            _finish(asked.order_id, asked.id, asked.payment_id, result)
            continue
        agrees = False
    return agrees


def _write_down(intent_id: str, result: RefundResult, *, expected: Decimal, actual: Decimal) -> None:
    with transaction() as session:
        count("PaymentDiscrepancy")
        discrepancies.open_one(
            session,
            "refund_differs",
            intent_id,
            provider=STRIPE,
            order_id=money.order_of_intent(session, STRIPE, intent_id),
            currency=result.currency,
            expected=expected,
            actual=actual,
        )


def _note_returned(asked: AskedRefund, result: RefundResult) -> None:
    with transaction() as session:
        orders.locked(session, asked.order_id)
        if money.note_returned(session, asked.id, result.status):
            orders.note_failed_refund(session, asked.order_id, asked.id, result.status)
            logger().error("refund came back", refundId=str(asked.id), reason=result.status)
            count("RefundFailed")


def _known(asked: AskedRefund) -> RefundResult | None:
    """Find a refund that was made before: the provider forgets idempotency keys after a day, and would make another."""
    made = provider(asked.provider).list_refunds(asked.intent_id)
    return next((each for each in made if each.refund_id == asked.id), None)


def _finish(order_id: UUID, refund_id: UUID, payment_id: UUID, result: RefundResult) -> None:
    if result.status in _NOT_GONE:
        _fail(order_id, refund_id, result.status)
    if result.status is not RefundStatus.SUCCEEDED:
        return
    with transaction() as session:
        order = orders.locked(session, order_id)
        if not money.end_refund(session, refund_id, status="succeeded", provider_id=result.id):
            return
        money.book(
            session,
            order_id=order_id,
            payment_id=payment_id,
            kind="refund",
            amount=result.amount,
            reference=f"refund:{refund_id}",
        )
        orders.record_refund(session, order, result.amount)


def _fail(order_id: UUID, refund_id: UUID, reason: str) -> None:
    with transaction() as session:
        orders.locked(session, order_id)
        if money.end_refund(session, refund_id, status="failed", provider_id=None, failure=reason):
            orders.note_failed_refund(session, order_id, refund_id, reason)
            logger().error("refund refused", refundId=str(refund_id), reason=reason)
            count("RefundFailed")


def _pieces(given: RefundInput, items: Mapping[UUID, OrderItem], gone: Mapping[UUID, int]) -> dict[UUID, int]:
    """Return how many units of each item go back: those named, or all that are left when all of the money goes back."""
    if given.items:
        return {item.order_item_id: item.quantity for item in given.items}
    if given.amount:
        return {}
    left = {item.id: item.quantity - gone.get(item.id, 0) for item in items.values()}
    return {item_id: quantity for item_id, quantity in left.items() if quantity}


def _price(
    order: OrderRow, given: RefundInput, items: Mapping[UUID, OrderItem], gone: Mapping[UUID, int]
) -> Decimal | None:
    """Return what the named units cost; None, which means all that is left, when none are named."""
    if not given.items:
        return None
    total = Decimal(0)
    for named in given.items:
        item = items.get(named.order_item_id)
        if item is None:
            raise OrderItemNotFound
        before = gone.get(item.id, 0)
        if before + named.quantity > item.quantity:
            raise RefundTooLarge(
                f"Only {item.quantity - before} of {item.sku} can still be refunded. Enter a smaller quantity."
            )
        total += payments.share(item.total_price, item.quantity, named.quantity, before, order.currency)
    return total
