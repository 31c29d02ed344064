"""The SQL of what a checkout claims beside stock: uses of promotions, and money on gift cards. Rows are locked in the order of their ids."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from ravo.platform.ids import uuid7
from ravo.sales.models.spending import GiftCardEntry

_ADD_USES = text(
    """
    INSERT INTO promotion_uses (order_id, promotion_id, customer, amount)
    SELECT :order_id, promotion_id, :customer, amount
    FROM unnest(CAST(:promotion_ids AS uuid[]), CAST(:amounts AS numeric[])) AS used (promotion_id, amount)
    """
)
_COUNT_USES = text(
    """
    WITH locked AS (
        SELECT id, max_uses, uses FROM promotions WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE
    )
    UPDATE promotions p SET uses = p.uses + 1 FROM locked
    WHERE p.id = locked.id AND (locked.max_uses IS NULL OR locked.uses < locked.max_uses)
    RETURNING p.id
    """
)
_USED_BY_CUSTOMER = text(
    """
    SELECT promotion_id, count(*) AS uses FROM promotion_uses
    WHERE promotion_id = ANY(:ids) AND customer = :customer AND given_back_at IS NULL
    GROUP BY promotion_id
    """
)
# Only those that count their uses; the others have no counter that all orders would wait for.
_GIVE_BACK_USES = text(
    """
    WITH given AS (
        UPDATE promotion_uses SET given_back_at = now(), updated_at = now()
        WHERE order_id = :order_id AND given_back_at IS NULL RETURNING promotion_id
    ), locked AS (
        SELECT p.id FROM promotions p JOIN given ON given.promotion_id = p.id
        WHERE p.max_uses IS NOT NULL OR p.max_uses_per_customer IS NOT NULL ORDER BY p.id FOR NO KEY UPDATE OF p
    )
    UPDATE promotions p SET uses = greatest(p.uses - 1, 0) FROM locked WHERE p.id = locked.id
    """
)
_REDEEM = text(
    """
    WITH wanted AS (
        SELECT g.id, w.amount FROM gift_cards g
        JOIN jsonb_to_recordset(:shares) AS w (id uuid, amount numeric) ON w.id = g.id
        ORDER BY g.id FOR NO KEY UPDATE OF g
    )
    UPDATE gift_cards g SET balance = g.balance - wanted.amount, version = g.version + 1, updated_at = now()
    FROM wanted
    WHERE g.id = wanted.id AND g.balance >= wanted.amount AND g.is_active
        AND (g.expires_at IS NULL OR g.expires_at > statement_timestamp())
    """
)
_PUT_BACK = text(
    "UPDATE gift_cards SET balance = balance + :amount, version = version + 1, updated_at = now() WHERE id = :id"
)


def count_uses(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    """Count one use of each promotion that has any left; returns those."""
    return set(session.scalars(_COUNT_USES, {"ids": list(ids)}))


def used_by_customer(session: Session, ids: Sequence[UUID], customer: str) -> dict[UUID, int]:
    """Return how often a customer had each promotion. The promotions must be locked."""
    rows = session.execute(_USED_BY_CUSTOMER, {"ids": list(ids), "customer": customer})
    return {row.promotion_id: row.uses for row in rows}


def add_uses(session: Session, order_id: UUID, customer: str, saved: Mapping[UUID, Decimal]) -> None:
    """Write down which promotions an order had, and what each took off."""
    values = {"promotion_ids": list(saved), "amounts": list(saved.values())}
    session.execute(_ADD_USES, values | {"order_id": order_id, "customer": customer})


def give_back_uses(session: Session, order_id: UUID) -> None:
    """Let the promotions of an order be used again; twice is once."""
    session.execute(_GIVE_BACK_USES, {"order_id": order_id})


def redeem(session: Session, shares: Mapping[UUID, Decimal]) -> bool:
    """Take money off gift cards; False when any of them has not enough, and then the transaction must not go on."""
    rows = [{"id": str(card), "amount": str(amount)} for card, amount in shares.items()]
    done: Any = session.execute(_REDEEM, {"shares": Jsonb(rows)})
    return done.rowcount == len(shares)


def put_on_gift_card(session: Session, gift_card_id: UUID, amount: Decimal) -> None:
    """Put money on a gift card."""
    session.execute(_PUT_BACK, {"id": gift_card_id, "amount": amount})


def add_gift_card_entries(session: Session, entries: Sequence[Mapping[str, Any]]) -> None:
    """Write into the cards' ledger."""
    session.execute(insert(GiftCardEntry), [{"id": uuid7()} | dict(entry) for entry in entries])
