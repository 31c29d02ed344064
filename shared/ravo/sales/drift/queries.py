"""The SQL of drift, for the doctor: balances and orders that are not what their ledgers say."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

_GIFT_CARDS = text(
    """
    SELECT g.id, g.balance, coalesce(sum(e.delta), 0) AS counted
    FROM gift_cards g LEFT JOIN gift_card_entries e ON e.gift_card_id = g.id
    GROUP BY g.id HAVING g.balance <> coalesce(sum(e.delta), 0)
    ORDER BY g.id
    """
)
# An order only goes on once all of it is paid, and no more money goes back than came.
_ORDERS = text(
    """
    SELECT o.id, o.total_amount, coalesce(b.charged, 0) AS charged, coalesce(b.refunded, 0) AS refunded
    FROM orders o LEFT JOIN (
        SELECT order_id, sum(amount) FILTER (WHERE kind = 'charge') AS charged,
            sum(amount) FILTER (WHERE kind = 'refund') AS refunded
        FROM payment_entries GROUP BY order_id
    ) b ON b.order_id = o.id
    WHERE coalesce(b.refunded, 0) > coalesce(b.charged, 0)
        OR (o.status NOT IN ('pending_payment', 'cancelled') AND coalesce(b.charged, 0) < o.total_amount)
    ORDER BY o.id
    """
)


class GiftCardDrift(NamedTuple):
    """A gift card whose balance is not what its entries add up to."""

    id: UUID
    balance: Decimal
    counted: Decimal


class OrderDrift(NamedTuple):
    """An order that went on without its money, or gave back more than it got."""

    id: UUID
    total: Decimal
    charged: Decimal
    refunded: Decimal


def gift_cards(session: Session) -> Sequence[GiftCardDrift]:
    """Return gift cards whose balance is not what their entries add up to."""
    return [GiftCardDrift._make(row) for row in session.execute(_GIFT_CARDS)]


def orders(session: Session) -> Sequence[OrderDrift]:
    """Return orders that went on without their money, or gave back more than they got."""
    return [OrderDrift._make(row) for row in session.execute(_ORDERS)]
