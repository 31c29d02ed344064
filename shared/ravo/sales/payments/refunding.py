"""Refunds on their way: asked of the provider in a queue, and booked when the money has gone."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.adapters.payments import PaymentRefused, RefundResult, RefundStatus
from ravo.adapters.registry import provider
from ravo.platform.database import reading, transaction
from ravo.platform.observability import count, logger
from ravo.platform.tokens import Principal
from ravo.sales.errors import OrderItemNotFound, OtherCurrency, RefundTooLarge
from ravo.sales.models.orders import OrderItem
from ravo.sales.orders import queries as orders_queries
from ravo.sales.orders import service as orders
from ravo.sales.orders.schemas import RefundInput
from ravo.sales.payments import discrepancy_queries as discrepancies
from ravo.sales.payments import queries, refunds
from ravo.sales.payments.names import STRIPE

_NOT_GONE = (RefundStatus.FAILED, RefundStatus.CANCELED)


def refund(session: Session, order_id: UUID, given: RefundInput, *, by: Principal) -> None:
    """Send money of an order back, as staff say: an amount, what some pieces cost, or all that is left.

    Refuses with `OrderNotFound`, `OrderItemNotFound`, `OtherCurrency`, or `RefundTooLarge` when there is not so much.
    """
    order = orders.locked(session, order_id)
    if given.amount and given.amount.currency != order.currency:
        raise OtherCurrency("The order is in another currency.")
    items = {item.id: item for item in orders_queries.items(session, order_id)}
    gone = queries.refunded_pieces(session, order_id)
    pieces = _pieces(given, items, gone)
    amount = given.amount.amount if given.amount else _price(order, given, items, gone)
    made = refunds.request(session, order_id, amount=amount, reason=given.reason, actor_id=by.id)
    if not made:
        raise RefundTooLarge
    first = next(iter(made))
    if pieces:
        queries.add_refund_items(session, first, pieces, restocked=given.restock)
    if given.restock:
        variants: dict[UUID, int] = {}
        for item in items.values():
            variants[item.variant_id] = variants.get(item.variant_id, 0) + pieces.get(item.id, 0)
        reference = f"refund:{first}"
        orders.take_back(session, order_id, reference=reference, cause=first, pieces=variants, actor_id=by.id)
    at_once = sum(
        (row.amount for row in queries.refunds_of(session, order_id) if row.id in made and row.status == "succeeded"),
        Decimal(0),
    )
    if at_once:
        orders.tell_refunded(session, order, at_once, actor_id=by.id)


def process(refund_id: UUID) -> None:
    """Ask the provider to send a refund's money; asked again, however late, it is the same refund there. Raises `ProviderUnavailable`."""
    with reading() as session:
        asked = queries.refund_by_id(session, refund_id)
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
    _settle(asked.order_id, refund_id, asked.payment_id, result)


def take_over(intent_id: str) -> bool:
    """Take over how the refunds of a payment stand; returns whether all of them are as our books say.

    One that was made in the provider's own pages is written down as a discrepancy, and so is one that came back after it
    had gone: of neither can the system know what shall follow.
    """
    agrees = True
    for result in provider(STRIPE).list_refunds(intent_id):
        with reading() as session:
            asked = queries.refund_by_id(session, result.refund_id) if result.refund_id else None
        if asked is None:
            _write_down(intent_id, result, expected=Decimal(0), actual=result.amount)
        elif asked.status == "succeeded" and result.status in _NOT_GONE:
            _note_returned(asked, result)
            _write_down(intent_id, result, expected=result.amount, actual=Decimal(0))
        else:
            _settle(asked.order_id, asked.id, asked.payment_id, result)
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
            order_id=queries.order_of_intent(session, STRIPE, intent_id),
            currency=result.currency,
            expected=expected,
            actual=actual,
        )


def _note_returned(asked: Any, result: RefundResult) -> None:
    with transaction() as session:
        orders.locked(session, asked.order_id)
        if queries.note_returned(session, asked.id, result.status):
            orders.note_failed_refund(session, asked.order_id, asked.id, result.status)
            logger().error("refund came back", refundId=str(asked.id), reason=result.status)
            count("RefundFailed")


def _known(asked: Any) -> RefundResult | None:
    """Look whether a refund was made before: the provider forgets its key after a day, and would make another one."""
    made = provider(asked.provider).list_refunds(asked.intent_id)
    return next((each for each in made if each.refund_id == asked.id), None)


def _settle(order_id: UUID, refund_id: UUID, payment_id: UUID, result: RefundResult) -> None:
    if result.status in _NOT_GONE:
        _fail(order_id, refund_id, result.status)
    if result.status is not RefundStatus.SUCCEEDED:
        return
    with transaction() as session:
        order = orders.locked(session, order_id)
        if not queries.end_refund(session, refund_id, status="succeeded", provider_id=result.id):
            return
        queries.book(
            session,
            order_id=order_id,
            payment_id=payment_id,
            kind="refund",
            amount=result.amount,
            reference=f"refund:{refund_id}",
        )
        orders.tell_refunded(session, order, result.amount)


def _fail(order_id: UUID, refund_id: UUID, reason: str) -> None:
    with transaction() as session:
        orders.locked(session, order_id)
        if queries.end_refund(session, refund_id, status="failed", provider_id=None, failure=reason):
            orders.note_failed_refund(session, order_id, refund_id, reason)
            logger().error("refund refused", refundId=str(refund_id), reason=reason)
            count("RefundFailed")


def _pieces(given: RefundInput, items: Mapping[UUID, OrderItem], gone: Mapping[UUID, int]) -> dict[UUID, int]:
    """Which pieces of which items go back: those named, or when all of the money does, all that did not yet."""
    if given.items:
        return {item.order_item_id: item.quantity for item in given.items}
    if given.amount:
        return {}
    left = {item.id: item.quantity - gone.get(item.id, 0) for item in items.values()}
    return {item_id: quantity for item_id, quantity in left.items() if quantity}


def _price(order: Any, given: RefundInput, items: Mapping[UUID, OrderItem], gone: Mapping[UUID, int]) -> Decimal | None:
    """What the named pieces cost; None, for all that is left, when none are named."""
    if not given.items:
        return None
    total = Decimal(0)
    for named in given.items:
        item = items.get(named.order_item_id)
        if item is None:
            raise OrderItemNotFound
        before = gone.get(item.id, 0)
        if before + named.quantity > item.quantity:
            raise RefundTooLarge(f"Of {item.sku} {item.quantity - before} can still be refunded.")
        total += refunds.share(item.total_price, item.quantity, named.quantity, before, order.currency)
    return total
