"""Payments and refunds as answers to staff."""

from uuid import UUID

from sqlalchemy.orm import Session

from ravo.platform.schemas import Money
from ravo.sales.payments import queries
from ravo.sales.payments.queries import PaymentRow, RefundRow
from ravo.sales.payments.schemas import PaymentReply, RefundReply


def payments_of(session: Session, order_id: UUID) -> list[PaymentReply]:
    """Return the payments of an order, the oldest first."""
    return [_payment(row) for row in queries.payments_of(session, order_id)]


def refunds_of(session: Session, order_id: UUID) -> list[RefundReply]:
    """Return the refunds of an order, the oldest first."""
    return [_refund(row) for row in queries.refunds_of(session, order_id)]


def _payment(row: PaymentRow) -> PaymentReply:
    return PaymentReply(
        id=row.id,
        provider=row.provider,
        intent_id=row.intent_id,
        status=row.status,
        amount=Money.of(row.amount, row.currency),
        failure=row.failure,
        created_at=row.created_at,
    )


def _refund(row: RefundRow) -> RefundReply:
    return RefundReply(
        id=row.id,
        payment_id=row.payment_id,
        amount=Money.of(row.amount, row.currency),
        reason=row.reason,
        status=row.status,
        failure=row.failure,
        actor_id=row.actor_id,
        created_at=row.created_at,
    )
