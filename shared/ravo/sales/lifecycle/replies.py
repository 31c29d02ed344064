"""Orders as answers."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.platform.addresses import AddressReply
from ravo.platform.paging import Page, Paging
from ravo.platform.schemas import Money
from ravo.platform.tokens import Principal
from ravo.sales.lifecycle.schemas import (
    AdminOrder,
    AdminOrderSummary,
    OrderItemReply,
    OrderReply,
    OrderSummary,
    OrderTotals,
    StatusReply,
    TimelineReply,
    TrackedOrder,
    TrackingReply,
)
from ravo.sales.lifecycle.service import mine
from ravo.sales.lifecycle.texts import text_of
from ravo.sales.orders import queries
from ravo.sales.orders.errors import OrderNotFound
from ravo.sales.orders.models import OrderItem, TrackingEvent
from ravo.sales.orders.queries import OrderRow
from ravo.sales.orders.transitions import Status
from ravo.sales.payments import queries as money
from ravo.sales.payments import replies as payments


def own_order(session: Session, order_id: UUID, *, by: Principal) -> OrderReply:
    """Return one of the caller's orders. Refuses with `OrderNotFound`."""
    return order_of(session, mine(queries.order_by_id(session, order_id), by))


def order_of(session: Session, order: OrderRow) -> OrderReply:
    """Return an order as its customer sees it."""
    return OrderReply(
        id=order.id,
        order_number=order.order_number,
        status=Status(order.status),
        status_text=_words(order),
        total=Money.of(order.total_amount, order.currency),
        placed_at=order.created_at,
        items=[_item(item, order.currency) for item in queries.items(session, order.id)],
        totals=totals_of(order),
        shipping_address=AddressReply.model_validate(order.shipping_address),
        billing_address=AddressReply.model_validate(order.billing_address),
        shipping_method=order.shipping_method,
        carrier=order.carrier,
        tracking_number=order.tracking_number,
        estimated_delivery=order.estimated_delivery,
        actual_delivery=order.actual_delivery,
        tracking=_tracking(queries.tracking(session, order.id), order.locale),
        payable_until=order.payable_until,
        paid_at=order.paid_at,
    )


def admin_order(session: Session, order_id: UUID) -> AdminOrder:
    """Return an order as staff see it. Refuses with `OrderNotFound`."""
    order = queries.order_by_id(session, order_id)
    if order is None:
        raise OrderNotFound
    shown, balance = order_of(session, order), money.balance(session, order_id)
    return AdminOrder(
        id=shown.id,
        order_number=shown.order_number,
        status=shown.status,
        status_text=shown.status_text,
        total=shown.total,
        placed_at=shown.placed_at,
        items=shown.items,
        totals=shown.totals,
        shipping_address=shown.shipping_address,
        billing_address=shown.billing_address,
        shipping_method=shown.shipping_method,
        carrier=shown.carrier,
        tracking_number=shown.tracking_number,
        estimated_delivery=shown.estimated_delivery,
        actual_delivery=shown.actual_delivery,
        tracking=shown.tracking,
        payable_until=shown.payable_until,
        paid_at=shown.paid_at,
        email=order.email,
        user_id=order.user_id,
        locale=order.locale,
        version=order.version,
        timeline=[TimelineReply.model_validate(event) for event in queries.events(session, order_id)],
        payments=payments.payments_of(session, order_id),
        refunds=payments.refunds_of(session, order_id),
        charged=Money.of(balance.charged, order.currency),
        refunded=Money.of(balance.refunded, order.currency),
    )


def tracked(session: Session, number: str, email: str) -> TrackedOrder:
    """Return where an order is. Refuses with `OrderNotFound`, whether its number or its mail address is wrong."""
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
    return [_summary(row) for row in rows], Page.of(paging, total)


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
    """Return one page of all orders, the newest first; with a `cursor`, the page after that order."""
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
    shown = [AdminOrderSummary.of(_summary(row), email=row.email, user_id=row.user_id) for row in rows]
    return shown, Page.of(paging, total)


def totals_of(order: OrderRow) -> OrderTotals:
    """Return the sums of an order."""
    currency = order.currency
    return OrderTotals(
        subtotal=Money.of(order.subtotal, currency),
        discount=Money.of(order.discount_amount, currency),
        shipping=Money.of(order.shipping_amount, currency),
        tax=Money.of(order.tax_amount, currency),
        total=Money.of(order.total_amount, currency),
        gift_cards=Money.of(order.gift_card_amount, currency),
        due=Money.of(order.due, currency),
    )


def _summary(order: OrderRow) -> OrderSummary:
    return OrderSummary(
        id=order.id,
        order_number=order.order_number,
        status=Status(order.status),
        status_text=_words(order),
        total=Money.of(order.total_amount, order.currency),
        placed_at=order.created_at,
    )


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


def _words(order: OrderRow) -> StatusReply:
    words = text_of(order.status, order.locale)
    return StatusReply(title=words.title, description=words.description)
