"""The SQL of carts. A change of a cart updates its row first, which locks it: changes of one cart happen in turn."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast
from uuid import UUID

from sqlalchemy import Executable, bindparam, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ravo.platform.ids import uuid7
from ravo.sales.carts.models import Cart, CartLine
from ravo.sales.quotes.queries import LIVE

if TYPE_CHECKING:
    from sqlalchemy import Table


class CartRow(NamedTuple):
    """A cart without its lines and codes. A guest's has no user."""

    id: UUID
    user_id: UUID | None
    status: Literal["open", "ordered", "merged"]
    currency: str
    locale: str
    email: str | None
    shipping_address: dict[str, Any] | None
    billing_address: dict[str, Any] | None
    shipping_rate_id: UUID | None
    version: int
    updated_at: datetime


# Building a statement takes as long as PostgreSQL needs to run it, so those of every cart are built once. They name
# the table, not the model: what the ORM does for objects takes as long again.
_CARTS = cast("Table", Cart.__table__)
_COLUMNS = _CARTS.c
_ROW = [_COLUMNS[name] for name in CartRow._fields]
_CART = select(*_ROW).where(_COLUMNS.id == bindparam("cart_id"))
_OPEN_CART_OF_USER = select(*_ROW).where(_COLUMNS.user_id == bindparam("user_id"), _COLUMNS.status == "open")
_ADD_CART = insert(_CARTS).on_conflict_do_nothing().returning(*_ROW)
# Sets the columns that are given values.
_TOUCH = (
    update(_CARTS)
    .where(_COLUMNS.id == bindparam("cart_id"), _COLUMNS.status == "open")
    .values(version=_COLUMNS.version + 1)
    .returning(*_ROW)
)
_ADD_LINE = text(
    """
    INSERT INTO cart_lines (id, cart_id, variant_id, quantity, seen_price)
    SELECT :id, :cart_id, variant_id, :quantity, price FROM sellable_variants
    WHERE variant_id = :variant_id AND on_sale AND currency = :currency
    ON CONFLICT (cart_id, variant_id) DO UPDATE
        SET quantity = cart_lines.quantity + excluded.quantity, seen_price = excluded.seen_price, updated_at = now()
    RETURNING quantity
    """
)
_CHANGE_LINE = text(
    """
    UPDATE cart_lines l SET quantity = :quantity, seen_price = coalesce(v.price, l.seen_price), updated_at = now()
    FROM cart_lines same LEFT JOIN sellable_variants v USING (variant_id)
    WHERE l.id = :id AND l.cart_id = :cart_id AND same.id = l.id
    RETURNING l.id
    """
)
# Lines of the same variant are added up, and the others are moved. What stays in the old cart is in the new one too.
_ADD_UP_LINES = text(
    """
    UPDATE cart_lines mine SET quantity = least(mine.quantity + other.quantity, :most), updated_at = now()
    FROM cart_lines other
    WHERE mine.cart_id = :into AND other.cart_id = :from AND other.variant_id = mine.variant_id
    """
)
_MOVE_LINES = text(
    """
    UPDATE cart_lines SET cart_id = :into
    WHERE cart_id = :from AND variant_id NOT IN (SELECT variant_id FROM cart_lines WHERE cart_id = :into)
    """
)
_MERGE_CODES = (
    text(
        """
        INSERT INTO cart_promotions (cart_id, promotion_id)
        SELECT :into, promotion_id FROM cart_promotions WHERE cart_id = :from ON CONFLICT DO NOTHING
        """
    ),
    text(
        """
        INSERT INTO cart_gift_cards (cart_id, gift_card_id)
        SELECT :into, gift_card_id FROM cart_gift_cards WHERE cart_id = :from ON CONFLICT DO NOTHING
        """
    ),
)
_DELETE_CODE = (
    text("DELETE FROM cart_promotions WHERE cart_id = :cart_id AND promotion_id = :code_id"),
    text("DELETE FROM cart_gift_cards WHERE cart_id = :cart_id AND gift_card_id = :code_id"),
)
# A code that was entered before is found as well.
_ENTER_PROMOTION = text(
    f"""
    WITH found AS (SELECT p.id FROM promotions p WHERE p.code = :code AND {LIVE}),
    entered AS (
        INSERT INTO cart_promotions (cart_id, promotion_id) SELECT :cart_id, id FROM found ON CONFLICT DO NOTHING
    )
    SELECT id FROM found
    """
)
_ENTER_GIFT_CARD = text(
    """
    WITH found AS (
        SELECT id FROM gift_cards WHERE code_hash = :hash AND currency = :currency AND is_active
            AND balance > 0 AND (expires_at IS NULL OR expires_at > statement_timestamp())
    ), entered AS (
        INSERT INTO cart_gift_cards (cart_id, gift_card_id) SELECT :cart_id, id FROM found ON CONFLICT DO NOTHING
    )
    SELECT id FROM found
    """
)


def cart_by_id(session: Session, cart_id: UUID) -> CartRow | None:
    """Return a cart."""
    return _cart(session, _CART, {"cart_id": cart_id})


def touch_for_update(session: Session, cart_id: UUID, **values: Any) -> CartRow | None:
    """Lock an open cart by changing it, if only its version. None when there is no open one."""
    return _cart(session, _TOUCH, {"cart_id": cart_id} | values)


def add_cart(session: Session, **values: Any) -> CartRow | None:
    """Make a cart; None when its customer has an open one."""
    return _cart(session, _ADD_CART, {"id": uuid7()} | values)


def open_cart_of_user(session: Session, user_id: UUID) -> CartRow | None:
    """Return a customer's open cart."""
    return _cart(session, _OPEN_CART_OF_USER, {"user_id": user_id})


def add_line(session: Session, cart_id: UUID, variant_id: UUID, quantity: int, currency: str) -> int | None:
    """Put units into a cart and return how many its line has now; None when they are not sold in this currency."""
    values = {"id": uuid7(), "cart_id": cart_id, "variant_id": variant_id, "quantity": quantity, "currency": currency}
    return session.scalar(_ADD_LINE, values)


def currency_of(session: Session, variant_id: UUID) -> str | None:
    """Return the currency that a variant is on sale in."""
    statement = text("SELECT currency FROM sellable_variants WHERE variant_id = :id AND on_sale")
    return session.scalar(statement, {"id": variant_id})


def change_line(session: Session, cart_id: UUID, line_id: UUID, quantity: int) -> bool:
    """Set how many units a line has, at today's price; returns whether there is such a line."""
    return session.scalar(_CHANGE_LINE, {"id": line_id, "cart_id": cart_id, "quantity": quantity}) is not None


def delete_line(session: Session, cart_id: UUID, line_id: UUID) -> bool:
    """Take a line out; returns whether there was one."""
    statement = delete(CartLine).where(CartLine.id == line_id, CartLine.cart_id == cart_id).returning(CartLine.id)
    return session.scalar(statement) is not None


def merge(session: Session, *, source: UUID, target: UUID, most: int) -> None:
    """Put lines and codes of one cart into another, quantities added up to `most`."""
    session.execute(_ADD_UP_LINES, {"from": source, "into": target, "most": most})
    for statement in (_MOVE_LINES, *_MERGE_CODES):
        session.execute(statement, {"from": source, "into": target})


def enter_promotion(session: Session, cart_id: UUID, code: str) -> bool:
    """Enter the promotion that a code stands for today; returns whether there is one."""
    return session.scalar(_ENTER_PROMOTION, {"cart_id": cart_id, "code": code}) is not None


def enter_gift_card(session: Session, cart_id: UUID, code_hash: bytes, currency: str) -> bool:
    """Let the gift card of a code pay for the cart; returns whether there is one that can pay today."""
    values = {"cart_id": cart_id, "hash": code_hash, "currency": currency}
    return session.scalar(_ENTER_GIFT_CARD, values) is not None


def delete_code(session: Session, cart_id: UUID, code_id: UUID) -> None:
    """Take a promotion's code or a gift card out of the cart."""
    for statement in _DELETE_CODE:
        session.execute(statement, {"cart_id": cart_id, "code_id": code_id})


def _cart(session: Session, statement: Executable, values: dict[str, Any]) -> CartRow | None:
    row = session.execute(statement, values).one_or_none()
    return CartRow._make(row) if row else None
