"""The SQL of what sales holds about a person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.platform.database import changed

# Replaces a mail address: a domain that can't exist (RFC 2606).
ERASED_EMAIL = "erased@erased.invalid"
# For an order that has ended, no more mails are sent and no more questions come up. A late payment for a cancelled
# order needs its payment, not its customer.
_HAS_ENDED = "status IN ('delivered', 'cancelled', 'refunded')"
_THEIRS = "(user_id = :user_id OR lower(email) = ANY(:emails))"
_ORDERS = text(
    f"""
    SELECT id, order_number, email, locale, status, currency, subtotal, tax_amount, shipping_amount, discount_amount,
        total_amount, gift_card_amount, shipping_address, billing_address, shipping_method, carrier, tracking_number,
        created_at, paid_at, actual_delivery
    FROM orders WHERE {_THEIRS} ORDER BY id
    """
)
_OF_ORDERS: dict[str, str] = {
    "orderItems": """
        SELECT order_id, sku, name, quantity, unit_price, discount_amount, tax_amount, total_price
        FROM order_items WHERE order_id = ANY(:ids) ORDER BY order_id, position
    """,
    "orderHistory": """
        SELECT order_id, kind, from_status, to_status, note, created_at
        FROM order_events WHERE order_id = ANY(:ids) ORDER BY id
    """,
    "tracking": """
        SELECT order_id, status, location, description, occurred_at
        FROM tracking_events WHERE order_id = ANY(:ids) ORDER BY order_id, occurred_at
    """,
    "payments": """
        SELECT order_id, provider, intent_id, status, amount, currency, created_at
        FROM payments WHERE order_id = ANY(:ids) ORDER BY id
    """,
    "refunds": """
        SELECT order_id, amount, currency, reason, status, created_at
        FROM refunds WHERE order_id = ANY(:ids) ORDER BY id
    """,
}
_CARTS = text(
    f"""
    SELECT id, status, currency, email, shipping_address, billing_address, created_at, updated_at,
        (SELECT json_agg(json_build_object('variantId', l.variant_id, 'quantity', l.quantity) ORDER BY l.id)
            FROM cart_lines l WHERE l.cart_id = carts.id) AS lines
    FROM carts WHERE {_THEIRS} ORDER BY id
    """
)
_TO_ERASE_FOR_UPDATE = text(
    f"""
    SELECT id, {_HAS_ENDED} AS has_ended FROM orders
    WHERE {_THEIRS} ORDER BY id FOR UPDATE
    """
)
_ENDED_SINCE_FOR_UPDATE = text(
    f"""
    SELECT id FROM orders WHERE erase_when_ended AND {_HAS_ENDED}
    ORDER BY id LIMIT :limit FOR UPDATE
    """
)
_OLD_FOR_UPDATE = text(
    f"""
    SELECT id FROM orders WHERE created_at < :before AND email <> :erased AND {_HAS_ENDED}
    ORDER BY created_at LIMIT :limit FOR UPDATE
    """
)
_ERASE_LATER = text(
    "UPDATE orders SET erase_when_ended = true, user_id = NULL, updated_at = now() WHERE id = ANY(:ids)"
)
# The destination decides an order's tax, so country and region stay.
_PLACE = "jsonb_strip_nulls(jsonb_build_object('country', {0} ->> 'country', 'region', nullif({0} ->> 'region', '')))"
_ERASE: dict[str, str] = {
    "orders": f"""
        UPDATE orders SET email = :erased, user_id = NULL, erase_when_ended = false, tracking_number = NULL,
            current_location = NULL, shipping_address = {_PLACE.format("shipping_address")},
            billing_address = {_PLACE.format("billing_address")}, updated_at = now()
        WHERE id = ANY(:ids)
    """,
    "orderHistory": """
        UPDATE order_events SET note = '', details = '{}' WHERE order_id = ANY(:ids) AND (note <> '' OR details <> '{}')
    """,
    "tracking": """
        UPDATE tracking_events SET location = '', description = '', carrier_event_id = NULL, carrier_data = '{}'
        WHERE order_id = ANY(:ids)
    """,
    "refunds": "UPDATE refunds SET reason = '', updated_at = now() WHERE order_id = ANY(:ids) AND reason <> ''",
    "promotionUses": """
        UPDATE promotion_uses SET customer = 'erased:' || order_id, updated_at = now() WHERE order_id = ANY(:ids)
    """,
    "orderedCarts": """
        UPDATE carts SET email = NULL, shipping_address = NULL, billing_address = NULL, user_id = NULL,
            updated_at = now()
        WHERE id IN (SELECT cart_id FROM orders WHERE id = ANY(:ids))
    """,
}
_DELETE_CARTS = text(
    f"""
    DELETE FROM carts WHERE {_THEIRS} AND NOT EXISTS (SELECT FROM orders WHERE orders.cart_id = carts.id)
    """
)
_DELETE_IDLE_CARTS = text(
    """
    DELETE FROM carts WHERE id IN (
        SELECT id FROM carts c WHERE status IN ('open', 'merged') AND updated_at < :before
            AND NOT EXISTS (SELECT FROM orders WHERE orders.cart_id = c.id)
        LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    """
)
_DELETE_RECEIPTS = text(
    """
    DELETE FROM webhook_receipts WHERE id IN (
        SELECT id FROM webhook_receipts WHERE received_at < :before AND processed_at IS NOT NULL
        ORDER BY received_at LIMIT :limit
    )
    """
)


def held(session: Session, user_id: UUID | None, emails: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return what sales holds about a person, by kind."""
    who = {"user_id": user_id, "emails": list(emails)}
    orders = [dict(row) for row in session.execute(_ORDERS, who).mappings()]
    ids = {"ids": [order["id"] for order in orders]}
    found = {"orders": orders}
    found |= {
        name: [dict(row) for row in session.execute(text(statement), ids).mappings()]
        for name, statement in _OF_ORDERS.items()
    }
    return found | {"carts": [dict(row) for row in session.execute(_CARTS, who).mappings()]}


def orders_to_erase_for_update(
    session: Session, user_id: UUID | None, emails: Sequence[str]
) -> tuple[list[UUID], list[UUID]]:
    """Lock a person's orders and return those that have ended, and those that are under way."""
    rows = session.execute(_TO_ERASE_FOR_UPDATE, {"user_id": user_id, "emails": list(emails)}).all()
    return [row.id for row in rows if row.has_ended], [row.id for row in rows if not row.has_ended]


def ended_since_for_update(session: Session, limit: int) -> list[UUID]:
    """Lock and return orders that have ended since their customers asked to be erased."""
    return list(session.scalars(_ENDED_SINCE_FOR_UPDATE, {"limit": limit}))


def old_orders_for_update(session: Session, before: datetime, limit: int) -> list[UUID]:
    """Lock and return ended orders from before a time that still name their customer."""
    values = {"before": before, "limit": limit, "erased": ERASED_EMAIL}
    return list(session.scalars(_OLD_FOR_UPDATE, values))


def erase_later(session: Session, ids: Sequence[UUID]) -> None:
    """Mark orders that are under way: their customer is needed until they have ended."""
    session.execute(_ERASE_LATER, {"ids": list(ids)})


def erase_orders(session: Session, ids: Sequence[UUID]) -> dict[str, int]:
    """Remove the customer from orders; sums, items and payments stay. Returns how many rows of each table changed."""
    values = {"ids": list(ids), "erased": ERASED_EMAIL}
    return {name: changed(session, text(statement), values) for name, statement in _ERASE.items()}


def delete_carts(session: Session, user_id: UUID | None, emails: Sequence[str]) -> int:
    """Delete a person's carts that did not become orders."""
    return changed(session, _DELETE_CARTS, {"user_id": user_id, "emails": list(emails)})


def delete_idle_carts(session: Session, before: datetime, limit: int) -> int:
    """Delete carts that were last changed before a time."""
    return changed(session, _DELETE_IDLE_CARTS, {"before": before, "limit": limit})


def delete_receipts(session: Session, before: datetime, limit: int) -> int:
    """Delete processed webhooks from before a time."""
    return changed(session, _DELETE_RECEIPTS, {"before": before, "limit": limit})
