"""The SQL of a checkout: the order itself, and what it claims beside stock, which are uses of promotions and money on gift cards. Rows are locked in the order of their ids."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic_core import to_json
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from ravo.platform.ids import uuid7
from ravo.sales.gift_cards.models import GiftCardEntry
from ravo.sales.orders.models import Order

if TYPE_CHECKING:
    from sqlalchemy import Table

_COLUMNS = cast("Table", Order.__table__).c
_OF_ORDER = (
    "id", "order_number", "cart_id", "user_id", "email", "locale", "currency", "subtotal", "tax_amount",
    "shipping_amount", "discount_amount", "total_amount", "gift_card_amount", "shipping_address", "billing_address",
    "shipping_method", "carrier", "estimated_delivery", "expires_at",
)  # fmt: skip
_PLACE = text(
    f"""
    WITH placed AS (
        INSERT INTO orders ({", ".join(_OF_ORDER)}) VALUES ({", ".join(f":{name}" for name in _OF_ORDER)}) RETURNING *
    ), event AS (
        INSERT INTO order_events (id, order_id, kind, to_status, source)
        SELECT :event_id, id, 'status', status, 'customer' FROM placed
    ), used AS (
        INSERT INTO promotion_uses (order_id, promotion_id, customer, amount)
        SELECT :id, promotion_id, :customer, amount
        FROM unnest(CAST(:promotion_ids AS uuid[]), CAST(:saved AS numeric[])) AS used (promotion_id, amount)
    ), item AS (
        INSERT INTO order_items (id, order_id, variant_id, position, sku, name, quantity, unit_price, net_amount,
            discount_amount, tax_amount, tax_rate, total_price, product_snapshot)
        SELECT id, :id, variant_id, position, sku, name, quantity, unit_price, net_amount,
            discount_amount, tax_amount, tax_rate, total_price, product_snapshot
        FROM jsonb_to_recordset(:items) AS i (id uuid, variant_id uuid, position integer, sku text, name text,
            quantity integer, unit_price numeric, net_amount numeric, discount_amount numeric, tax_amount numeric,
            tax_rate numeric, total_price numeric, product_snapshot jsonb)
    )
    SELECT {", ".join(each.name for each in _COLUMNS)} FROM placed
    """
).columns(*_COLUMNS)
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


def place_order(
    session: Session,
    *,
    items: Sequence[Mapping[str, Any]],
    saved: Mapping[UUID, Decimal],
    customer: str,
    **values: Any,
) -> Any:
    """Write an order with its items, the promotions that it had with what each took off, and its first event: that a customer placed it. Returns its row."""
    for name in ("shipping_address", "billing_address"):
        values[name] = Jsonb(values[name])
    values |= {"items": to_json([{"id": uuid7()} | dict(item) for item in items]).decode(), "event_id": uuid7()}
    values |= {"promotion_ids": list(saved), "saved": list(saved.values()), "customer": customer}
    return session.execute(_PLACE, values).one()


def count_uses(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    """Count one use of each promotion that has any left; returns those."""
    return set(session.scalars(_COUNT_USES, {"ids": list(ids)}))


def used_by_customer(session: Session, ids: Sequence[UUID], customer: str) -> dict[UUID, int]:
    """Return how often a customer had each promotion. The promotions must be locked."""
    rows = session.execute(_USED_BY_CUSTOMER, {"ids": list(ids), "customer": customer})
    return {row.promotion_id: row.uses for row in rows}


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
