"""Orders as answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.platform.addresses import AddressReply
from ravo.platform.paging import Page, Paging
from ravo.platform.schemas import Money
from ravo.platform.tokens import Principal
from ravo.sales.errors import OrderNotFound
from ravo.sales.models.orders import OrderItem, TrackingEvent
from ravo.sales.orders import queries
from ravo.sales.orders.schemas import (
    AdminOrder,
    AdminOrderSummary,
    OrderItemReply,
    OrderReply,
    OrderSummary,
    OrderTotals,
    PaymentReply,
    RefundReply,
    StatusReply,
    TimelineReply,
    TrackedOrder,
    TrackingReply,
)
from ravo.sales.orders.service import mine
from ravo.sales.orders.texts import text_of
from ravo.sales.orders.transitions import Status
from ravo.sales.payments import queries as payments


def own_order(session: Session, order_id: UUID, *, by: Principal) -> OrderReply:
    """Return one of the caller's orders. Refuses with `OrderNotFound`."""
    return order_of(session, mine(queries.order_by_id(session, order_id), by))


def order_of(session: Session, order: Any) -> OrderReply:
    """Return an order as its customer sees it."""
    return OrderReply(**_shown(session, order))


def admin_order(session: Session, order_id: UUID) -> AdminOrder:
    """Return an order as staff see it. Refuses with `OrderNotFound`."""
    order = queries.order_by_id(session, order_id)
    if order is None:
        raise OrderNotFound
    charged, refunded = payments.balance(session, order_id)
    return AdminOrder(
        **_shown(session, order),
        email=order.email,
        user_id=order.user_id,
        locale=order.locale,
        version=order.version,
        timeline=[TimelineReply.model_validate(event) for event in queries.events(session, order_id)],
        payments=[_payment(row) for row in payments.payments_of(session, order_id)],
        refunds=refunds_of(session, order_id),
        charged=Money.of(charged, order.currency),
        refunded=Money.of(refunded, order.currency),
    )


def refunds_of(session: Session, order_id: UUID) -> list[RefundReply]:
    """Return the refunds of an order, the oldest first."""
    return [
        RefundReply(
            id=row.id,
            payment_id=row.payment_id,
            amount=Money.of(row.amount, row.currency),
            reason=row.reason,
            status=row.status,
            failure=row.failure,
            actor_id=row.actor_id,
            created_at=row.created_at,
        )
        for row in payments.refunds_of(session, order_id)
    ]


def tracked(session: Session, number: str, email: str) -> TrackedOrder:
    """Return where an order is, to whoever knows its number and its mail address. Refuses with `OrderNotFound` whichever of the two is wrong."""
    order = queries.order_by_number(session, number.strip().upper(), email)
    if order is None:
        raise OrderNotFound
    return TrackedOrder(
        order_number=order.order_number,
        status=Status(order.status),
        status_text=_words(order),
        carrier=order.carrier,
        tracking_number=order.tracking_number,
        estimated_delivery=order.estimated_delivery,
        tracking=_tracking(queries.tracking(session, order.id), order.locale),
    )


def page_of_customer(session: Session, paging: Paging, *, by: Principal) -> tuple[Sequence[OrderSummary], Page]:
    """Return one page of the caller's orders, the newest first."""
    rows, total = queries.page_of_customer(session, by.id, limit=paging.limit, offset=paging.offset)
    return [OrderSummary(**_summary(row)) for row in rows], Page.of(paging, total)


def page_of_all(
    session: Session,
    paging: Paging,
    *,
    status: str | None,
    search: str,
    placed_from: datetime | None,
    placed_to: datetime | None,
    cursor: UUID | None,
) -> tuple[Sequence[AdminOrderSummary], Page]:
    """Return one page of all orders, the newest first; with a `cursor`, those behind that one."""
    rows, total = queries.page_of_all(
        session,
        status=status,
        search=search.strip(),
        placed_from=placed_from,
        placed_to=placed_to,
        before=cursor,
        limit=paging.limit,
        offset=paging.offset,
    )
    shown = [AdminOrderSummary(**_summary(row), email=row.email, user_id=row.user_id) for row in rows]
    return shown, Page.of(paging, total)


def totals_of(order: Any) -> OrderTotals:
    """Return the sums of an order."""
    currency = order.currency
    return OrderTotals(
        subtotal=Money.of(order.subtotal, currency),
        discount=Money.of(order.discount_amount, currency),
        shipping=Money.of(order.shipping_amount, currency),
        tax=Money.of(order.tax_amount, currency),
        total=Money.of(order.total_amount, currency),
        gift_cards=Money.of(order.gift_card_amount, currency),
        due=Money.of(order.total_amount - order.gift_card_amount, currency),
    )


def _summary(order: Any) -> dict[str, Any]:
    return {
        "id": order.id,
        "order_number": order.order_number,
        "status": Status(order.status),
        "status_text": _words(order),
        "total": Money.of(order.total_amount, order.currency),
        "placed_at": order.created_at,
    }


def _shown(session: Session, order: Any) -> dict[str, Any]:
    return _summary(order) | {
        "items": [_item(item, order.currency) for item in queries.items(session, order.id)],
        "totals": totals_of(order),
        "shipping_address": AddressReply.model_validate(order.shipping_address),
        "billing_address": AddressReply.model_validate(order.billing_address),
        "shipping_method": order.shipping_method,
        "carrier": order.carrier,
        "tracking_number": order.tracking_number,
        "estimated_delivery": order.estimated_delivery,
        "actual_delivery": order.actual_delivery,
        "tracking": _tracking(queries.tracking(session, order.id), order.locale),
        "payable_until": order.expires_at if order.status == Status.PENDING_PAYMENT else None,
        "paid_at": order.paid_at,
    }


def _item(item: OrderItem, currency: str) -> OrderItemReply:
    return OrderItemReply(
        id=item.id,
        variant_id=item.variant_id,
        sku=item.sku,
        name=item.name,
        quantity=item.quantity,
        unit_price=Money.of(item.unit_price, currency),
        total=Money.of(item.total_price, currency),
        product=item.product_snapshot,
    )


def _tracking(stations: Sequence[TrackingEvent], locale: str) -> list[TrackingReply]:
    return [
        TrackingReply(
            status=station.status,
            description=station.description or text_of(station.status, locale).description,
            location=station.location,
            occurred_at=station.occurred_at,
        )
        for station in stations
    ]


def _payment(row: Any) -> PaymentReply:
    return PaymentReply(
        id=row.id,
        provider=row.provider,
        intent_id=row.intent_id,
        status=row.status,
        amount=Money.of(row.amount, row.currency),
        failure=row.failure,
        created_at=row.created_at,
    )


def _words(order: Any) -> StatusReply:
    words = text_of(order.status, order.locale)
    return StatusReply(title=words.title, description=words.description)
