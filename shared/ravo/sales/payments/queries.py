"""The SQL of payments and refunds. A caller that books anything has locked the order."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.orm import Session

from ravo.platform import crud
from ravo.platform.ids import uuid7
from ravo.sales.payments.models import Payment, PaymentEntry, Refund, RefundItem


class PaymentRow(NamedTuple):
    """One way in which an order is paid."""

    id: UUID
    order_id: UUID
    provider: str
    intent_id: str
    status: str
    amount: Decimal
    currency: str
    failure: str | None
    created_at: datetime


class RefundRow(NamedTuple):
    """Money that goes back, or has gone back."""

    id: UUID
    payment_id: UUID
    amount: Decimal
    currency: str
    reason: str
    status: str
    failure: str | None
    actor_id: UUID | None
    created_at: datetime


class AskedRefund(NamedTuple):
    """A refund with the payment that its money goes back through."""

    id: UUID
    order_id: UUID
    payment_id: UUID
    amount: Decimal
    currency: str
    status: str
    provider: str
    intent_id: str


class Refundable(NamedTuple):
    """A payment with how much of it can still go back."""

    id: UUID
    provider: str
    intent_id: str
    currency: str
    amount: Decimal


class Booked(NamedTuple):
    """A payment in our books: `charged` is None until money is booked."""

    order_id: UUID
    intent_id: str
    currency: str
    charged: Decimal | None


class Balance(NamedTuple):
    """The money that came for an order, and how much of it went back."""

    charged: Decimal
    refunded: Decimal


_PAYMENTS = Payment.__table__.c
_REFUNDS = Refund.__table__.c
_PAYMENTS_OF = (
    select(*crud.columns(PaymentRow, Payment)).where(_PAYMENTS.order_id == bindparam("order_id")).order_by(_PAYMENTS.id)
)
# A payment that has succeeded stays so, whatever is reported later.
_KEEP = text(
    f"""
    INSERT INTO payments AS p (id, order_id, provider, intent_id, status, amount, currency, failure)
    VALUES (:id, :order_id, :provider, :intent_id, :status, :amount, :currency, :failure)
    ON CONFLICT ON CONSTRAINT uq_payments_intent DO UPDATE
    SET status = CASE WHEN p.status = 'succeeded' THEN p.status ELSE excluded.status END,
        failure = excluded.failure, updated_at = now()
    RETURNING {", ".join(PaymentRow._fields)}
    """
)
# How much of each payment can go back: what came, less what went back or is requested. Cards come before gift cards.
_REFUNDABLE = text(
    """
    SELECT p.id, p.provider, p.intent_id, p.currency,
        coalesce((SELECT sum(amount) FROM payment_entries e WHERE e.payment_id = p.id AND e.kind = 'charge'), 0)
        - coalesce((SELECT sum(amount) FROM refunds r WHERE r.payment_id = p.id AND r.status <> 'failed'), 0) AS amount
    FROM payments p WHERE p.order_id = :order_id
    ORDER BY p.provider = 'gift_card', p.id
    """
)
_BALANCE = text(
    """
    SELECT coalesce(sum(amount) FILTER (WHERE kind = 'charge'), 0) AS charged,
        coalesce(sum(amount) FILTER (WHERE kind = 'refund'), 0) AS refunded
    FROM payment_entries WHERE order_id = :order_id
    """
)
_BOOK = text(
    """
    INSERT INTO payment_entries (id, order_id, payment_id, kind, amount, reference)
    VALUES (:id, :order_id, :payment_id, :kind, :amount, :reference)
    ON CONFLICT ON CONSTRAINT uq_payment_entries_reference DO NOTHING
    RETURNING id
    """
)
_CHARGED_IN = text(
    """
    SELECT p.order_id, p.intent_id, p.currency, e.amount AS charged
    FROM payments p JOIN payment_entries e ON e.payment_id = p.id AND e.kind = 'charge'
    WHERE p.provider = :provider AND p.created_at >= :since AND p.created_at < :until
    """
)
_REFUNDED_PIECES = text(
    """
    SELECT ri.order_item_id, sum(ri.quantity)::integer AS quantity
    FROM refund_items ri JOIN refunds r ON r.id = ri.refund_id
    WHERE r.order_id = :order_id AND r.status <> 'failed' GROUP BY 1
    """
)


def keep(
    session: Session,
    *,
    order_id: UUID,
    provider: str,
    intent_id: str,
    status: str,
    amount: Decimal,
    currency: str,
    failure: str | None = None,
) -> PaymentRow:
    """Write a payment's status, and return the payment; its amount stays the one that was first requested."""
    values = {
        "id": uuid7(),
        "order_id": order_id,
        "provider": provider,
        "intent_id": intent_id,
        "status": status,
        "amount": amount,
        "currency": currency,
        "failure": failure,
    }
    return PaymentRow._make(session.execute(_KEEP, values).one())


def payments_of(session: Session, order_id: UUID) -> Sequence[PaymentRow]:
    """Return the payments of an order, the oldest first."""
    return [PaymentRow._make(row) for row in session.execute(_PAYMENTS_OF, {"order_id": order_id})]


def refunds_of(session: Session, order_id: UUID) -> Sequence[RefundRow]:
    """Return the refunds of an order, the oldest first."""
    rows = select(*crud.columns(RefundRow, Refund)).where(Refund.order_id == order_id).order_by(Refund.id)
    return [RefundRow._make(row) for row in session.execute(rows)]


def book(session: Session, *, order_id: UUID, payment_id: UUID, kind: str, amount: Decimal, reference: str) -> bool:
    """Book money that came or went back; False when it was booked before."""
    values = {"order_id": order_id, "payment_id": payment_id, "kind": kind, "amount": amount, "reference": reference}
    return session.scalar(_BOOK, values | {"id": uuid7()}) is not None


def balance(session: Session, order_id: UUID) -> Balance:
    """Return what came for an order and what of it went back."""
    return Balance._make(session.execute(_BALANCE, {"order_id": order_id}).one())


def is_charged(session: Session, payment_id: UUID) -> bool:
    """Whether a payment's money has been booked."""
    charged = (PaymentEntry.payment_id == payment_id) & (PaymentEntry.kind == "charge")
    return bool(session.scalar(select(select(PaymentEntry.id).where(charged).exists())))


def refundable(session: Session, order_id: UUID) -> Sequence[Refundable]:
    """Return an order's payments with how much of each can still go back, in the order in which it would."""
    return [Refundable._make(row) for row in session.execute(_REFUNDABLE, {"order_id": order_id})]


def add_refund(session: Session, **values: Any) -> None:
    """Add a refund."""
    session.execute(insert(Refund).values(**values))


def add_refund_items(session: Session, refund_id: UUID, pieces: Mapping[UUID, int], *, restocked: bool) -> None:
    """Add the units that a refund is for."""
    rows = [
        {"refund_id": refund_id, "order_item_id": item_id, "quantity": quantity, "restocked": restocked}
        for item_id, quantity in pieces.items()
    ]
    session.execute(insert(RefundItem), rows)


def refunded_pieces(session: Session, order_id: UUID) -> dict[UUID, int]:
    """Return how many units of each item were refunded, or are about to be."""
    return {row.order_item_id: row.quantity for row in session.execute(_REFUNDED_PIECES, {"order_id": order_id})}


def refund_by_id(session: Session, refund_id: UUID) -> AskedRefund | None:
    """Return a refund with the payment that its money goes back through."""
    of_refund = (
        _REFUNDS.id,
        _REFUNDS.order_id,
        _REFUNDS.payment_id,
        _REFUNDS.amount,
        _REFUNDS.currency,
        _REFUNDS.status,
    )
    statement = select(*of_refund, Payment.provider, Payment.intent_id).join(Payment, Payment.id == Refund.payment_id)
    row = session.execute(statement.where(Refund.id == refund_id)).one_or_none()
    return AskedRefund._make(row) if row else None


def end_refund(
    session: Session, refund_id: UUID, *, status: str, provider_id: str | None, failure: str | None = None
) -> bool:
    """Write the outcome of a refund; False when it was known before."""
    ended = update(Refund).where(Refund.id == refund_id, Refund.status == "requested")
    values = {"status": status, "provider_id": provider_id, "failure": failure, "version": Refund.version + 1}
    return session.scalar(ended.values(**values).returning(Refund.id)) is not None


def note_returned(session: Session, refund_id: UUID, failure: str) -> bool:
    """Record that a refund came back after it had been sent; False when that was known before."""
    returned = update(Refund).where(Refund.id == refund_id, Refund.status == "succeeded", Refund.failure.is_(None))
    values = {"failure": failure, "version": Refund.version + 1}
    return session.scalar(returned.values(**values).returning(Refund.id)) is not None


def unsettled_refunds(session: Session, *, before: datetime, limit: int) -> Sequence[UUID]:
    """Return refunds that were requested some time ago and have no result yet."""
    waiting = (Refund.status == "requested") & (Refund.created_at < before)
    return session.scalars(select(Refund.id).where(waiting).order_by(Refund.id).limit(limit)).all()


def charged_in(session: Session, provider: str, *, since: datetime, until: datetime) -> Sequence[Booked]:
    """Return the payments of a provider that were started in a span of time and whose money was booked."""
    rows = session.execute(_CHARGED_IN, {"provider": provider, "since": since, "until": until})
    return [Booked._make(row) for row in rows]


def order_of_intent(session: Session, provider: str, intent_id: str) -> UUID | None:
    """Return the order that a payment is for."""
    mine = (Payment.provider == provider) & (Payment.intent_id == intent_id)
    return session.scalars(select(Payment.order_id).where(mine).limit(1)).first()


def standing(session: Session, provider: str, intent_ids: Sequence[str]) -> dict[str, Booked]:
    """Return how payments stand in our books, by the provider's ids for them."""
    charged = (
        select(func.sum(PaymentEntry.amount))
        .where(PaymentEntry.payment_id == Payment.id, PaymentEntry.kind == "charge")
        .scalar_subquery()
    )
    mine = (Payment.provider == provider) & Payment.intent_id.in_(intent_ids)
    rows = session.execute(select(Payment.order_id, Payment.intent_id, Payment.currency, charged).where(mine))
    return {row.intent_id: Booked._make(row) for row in rows}
