"""The SQL of the doctor's look at the books: balances and orders beside the ledgers that they must follow from."""

from collections.abc import Sequence
from typing import Any

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
# An order goes on when all of it is paid, and never before; what went back is no more than what came.
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


def gift_cards_off(session: Session) -> Sequence[Any]:
    """Return gift cards whose balance is not what their entries sum up to."""
    return session.execute(_GIFT_CARDS).all()


def orders_off(session: Session) -> Sequence[Any]:
    """Return orders that went on without their money, or gave back more than they got."""
    return session.execute(_ORDERS).all()
