"""The rules of payments: what providers' statuses mean to us, how much can go back, and which way it goes."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.adapters.payments import IntentStatus
from ravo.platform import outbox
from ravo.platform.ids import uuid7
from ravo.platform.money import rounded
from ravo.platform.pending_work import PendingWork
from ravo.sales.gift_cards import service as gift_cards
from ravo.sales.payments import queries
from ravo.sales.payments.errors import RefundTooLarge
from ravo.sales.payments.events import RefundRequested

STRIPE = "stripe"
# Orders whose payment was started: while there are none, there are no books to compare.
ASKED = PendingWork("payments")
# A payment with a status that is not listed here still waits.
STATUSES = {
    IntentStatus.SUCCEEDED: "succeeded",
    IntentStatus.CANCELED: "cancelled",
    IntentStatus.REQUIRES_ACTION: "requires_action",
}


def request(
    session: Session,
    order_id: UUID,
    *,
    amount: Decimal | None = None,
    payment_id: UUID | None = None,
    reason: str = "",
    actor_id: UUID | None = None,
) -> dict[UUID, Decimal]:
    """Request that money of a locked order goes back the way it came; returns refunds with their amounts.

    All that is left goes back unless an amount is named, and with a `payment_id` only what came by that payment. Cards
    come before gift cards. A card's money is sent by a queue, a gift card gets its own back at once. Refuses with
    `RefundTooLarge`.
    """
    sources = [row for row in queries.refundable(session, order_id) if payment_id in (None, row.id)]
    left = sum((row.amount for row in sources), Decimal(0)) if amount is None else amount
    made: dict[UUID, Decimal] = {}
    for source in sources:
        part = min(left, source.amount)
        if part <= 0:
            continue
        left -= part
        refund_id = uuid7()
        made[refund_id] = part
        queries.add_refund(
            session,
            id=refund_id,
            order_id=order_id,
            payment_id=source.id,
            amount=part,
            currency=source.currency,
            reason=reason,
            actor_id=actor_id,
        )
        if source.provider == "gift_card":
            _to_gift_card(session, order_id, refund_id, source.id, UUID(source.intent_id), part)
        else:
            outbox.record(session, RefundRequested(aggregate_id=refund_id, version=1))
    if left > 0:
        raise RefundTooLarge
    return made


def share(total: Decimal, quantity: int, pieces: int, before: int, currency: str) -> Decimal:
    """Return what `pieces` of a line of `quantity` cost when `before` of them were refunded already.

    Parts of a line add up to it, to the cent.
    """
    return _part(total, quantity, before + pieces, currency) - _part(total, quantity, before, currency)


def _part(total: Decimal, quantity: int, pieces: int, currency: str) -> Decimal:
    return rounded(total * pieces / quantity, currency)


def _to_gift_card(
    session: Session, order_id: UUID, refund_id: UUID, payment_id: UUID, gift_card_id: UUID, amount: Decimal
) -> None:
    reference = f"refund:{refund_id}"
    gift_cards.put_back(session, gift_card_id, amount, order_id=order_id, reference=reference)
    queries.book(session, order_id=order_id, payment_id=payment_id, kind="refund", amount=amount, reference=reference)
    queries.end_refund(session, refund_id, status="succeeded", provider_id=None)
