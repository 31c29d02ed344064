"""The SQL of a checkout: an order with all that belongs to it, in one statement."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.platform.ids import uuid7
from ravo.sales.orders.queries import COLUMNS, OrderRow

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
    SELECT {", ".join(each.name for each in COLUMNS)} FROM placed
    """
).columns(*COLUMNS)


def place_order(
    session: Session,
    *,
    items: Sequence[Mapping[str, Any]],
    saved: Mapping[UUID, Decimal],
    customer: str,
    **values: Any,
) -> OrderRow:
    """Write an order with its items, the promotions that it used, and its first event: that a customer placed it.

    `saved` is what each promotion took off; `customer` is the one whose use of them is counted.
    """
    for name in ("shipping_address", "billing_address"):
        values[name] = Jsonb(values[name])
    values |= {"items": to_json([{"id": uuid7()} | dict(item) for item in items]).decode(), "event_id": uuid7()}
    values |= {"promotion_ids": list(saved), "saved": list(saved.values()), "customer": customer}
    return OrderRow._make(session.execute(_PLACE, values).one())
