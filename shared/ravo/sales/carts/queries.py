"""The SQL of carts. Whoever changes a cart touches its row first, which locks it: changes of one cart come one after the other."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import bindparam, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ravo.platform.ids import uuid7
from ravo.sales.models.carts import Cart, CartGiftCard, CartLine, CartPromotion

if TYPE_CHECKING:
    from sqlalchemy import Table

# Statements on the table itself do without what the ORM does for objects, which takes it as long as the rest. To make one
# takes as long as PostgreSQL needs for it, so they are made once.
_CARTS = cast("Table", Cart.__table__)
_COLUMNS = _CARTS.c
_CART = select(*_COLUMNS).where(_COLUMNS.id == bindparam("cart_id"))
_OPEN_CART_OF_USER = select(*_COLUMNS).where(_COLUMNS.user_id == bindparam("user_id"), _COLUMNS.status == "open")
_ADD_CART = insert(_CARTS).on_conflict_do_nothing().returning(*_COLUMNS)
# Sets whatever columns are given values.
_TOUCH = (
    update(_CARTS)
    .where(_COLUMNS.id == bindparam("cart_id"), _COLUMNS.status == "open")
    .values(version=_COLUMNS.version + 1)
    .returning(*_COLUMNS)
)
# A cart's lines with what the catalogue says of their variants now. Amounts leave as text, so that none becomes a float.
_GOODS = """
    goods AS (
        SELECT l.id, l.variant_id, l.quantity, l.seen_price::text, coalesce(v.price, l.seen_price)::text AS price,
            v.product_id, v.product_slug, v.sku, v.product_name AS name, v.size, v.color, v.style, v.image,
            coalesce(v.tax_class, '') AS tax_class, coalesce(v.weight_grams, 0) AS weight_grams,
            coalesce(v.category_ids, '{}') AS category_ids, coalesce(v.guest_purchaseable, true) AS guest_purchaseable,
            coalesce(v.tracked, false) AS tracked, coalesce(v.backorder, false) AS backorder,
            coalesce(v.low_stock_alert, 0) AS low_stock_alert,
            coalesce(v.on_sale AND v.currency = :currency, false) AS is_sold,
            coalesce(NOT v.tracked OR v.backorder OR v.shown_available >= l.quantity, false) AS is_enough
        FROM cart_lines l LEFT JOIN sellable_variants v USING (variant_id)
        WHERE l.cart_id = :cart_id
    ), whole AS (
        SELECT coalesce(sum(weight_grams * quantity), 0) AS weight, coalesce(sum(price::numeric * quantity), 0) AS amount
        FROM goods WHERE is_sold
    )
"""
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
# What both have is added up; the rest moves over. What is left in the old cart stands in the new one too.
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
# The most specific zone of a place: its region, else its country, else the rest of the world.
_RATES = """
    SELECT r.* FROM shipping_rates r
    WHERE r.is_active AND r.currency = :currency AND r.min_weight_grams <= (SELECT weight FROM whole)
        AND (r.max_weight_grams IS NULL OR r.max_weight_grams >= (SELECT weight FROM whole))
        AND r.zone_id = (
            SELECT zr.zone_id FROM shipping_zone_regions zr JOIN shipping_zones z ON z.id = zr.zone_id
            WHERE z.is_active AND :country <> '' AND (zr.country = :country AND zr.region IN ('', :region) OR zr.country = '*')
            ORDER BY zr.country = '*', zr.region = '' LIMIT 1
        )
"""
_SHIPPING_OPTIONS = text(
    f"""
    WITH {_GOODS}
    SELECT id, name, carrier, price, free_from, min_days, max_days, (SELECT amount FROM whole) AS goods_amount
    FROM ({_RATES}) r ORDER BY position, price, id
    """
)
_LIVE = """
    p.deleted_at IS NULL AND p.is_active AND (p.starts_at IS NULL OR p.starts_at <= statement_timestamp())
    AND (p.ends_at IS NULL OR p.ends_at > statement_timestamp()) AND (p.max_uses IS NULL OR p.uses < p.max_uses)
"""
# A promotion with those of its goods that are in the cart. A shop has hundreds of promotions and one has thousands of goods,
# so those in the cart are looked up, and no others.
_PROMOTIONS = """
    SELECT p.*, coalesce(gp.ids, '{}') AS products, coalesce(gc.ids, '{}') AS categories,
        p.for_all_goods OR gp.ids IS NOT NULL OR gc.ids IS NOT NULL AS is_about_cart
    FROM promotions p
    LEFT JOIN (
        SELECT promotion_id, array_agg(product_id) AS ids FROM promotion_products
        WHERE product_id = ANY(ARRAY(SELECT product_id FROM goods WHERE is_sold)) GROUP BY 1
    ) gp ON gp.promotion_id = p.id
    LEFT JOIN (
        SELECT promotion_id, array_agg(category_id) AS ids FROM promotion_categories
        WHERE category_id = ANY(ARRAY(SELECT unnest(category_ids) FROM goods WHERE is_sold)) GROUP BY 1
    ) gc ON gc.promotion_id = p.id
"""
# All that a price depends on, in one round trip.
_PRICED_BY = text(
    f"""
    WITH {_GOODS}
    SELECT
        (SELECT json_agg(row_to_json(goods) ORDER BY id) FROM goods) AS lines,
        (
            SELECT json_object_agg(tax_class, json_build_array(rate::text, prices_include)) FROM (
                SELECT DISTINCT ON (tax_class) tax_class, rate, prices_include FROM tax_rates
                WHERE country = :country AND region IN ('', :region) ORDER BY tax_class, region DESC
            ) here
        ) AS taxes,
        (
            SELECT json_build_object('id', id, 'name', name, 'carrier', carrier, 'price', price::text,
                'free_from', free_from::text, 'min_days', min_days, 'max_days', max_days)
            FROM ({_RATES}) r WHERE id = :rate_id
        ) AS shipping,
        (
            SELECT json_agg(json_build_array(p.id, p.name, p.code, p.kind, p.value::text, p.currency,
                coalesce(p.buy_quantity, 0), coalesce(p.get_quantity, 0), p.min_subtotal::text, p.min_quantity,
                p.stackable, p.priority, p.max_uses, p.max_uses_per_customer, {_LIVE}, p.products, p.categories,
                p.is_about_cart))
            FROM ({_PROMOTIONS}) p
            WHERE p.code IS NULL AND p.is_about_cart AND {_LIVE}
                OR p.id IN (SELECT promotion_id FROM cart_promotions WHERE cart_id = :cart_id)
        ) AS offers,
        (
            SELECT json_agg(json_build_object('id', g.id, 'last_characters', g.last_characters,
                'balance', g.balance::text) ORDER BY g.id)
            FROM cart_gift_cards JOIN gift_cards g ON g.id = gift_card_id
            WHERE cart_id = :cart_id AND g.is_active AND g.currency = :currency AND g.balance > 0
                AND (g.expires_at IS NULL OR g.expires_at > statement_timestamp())
        ) AS gift_cards
    """
)
# Entered before, it is found all the same.
_ENTER_PROMOTION = text(
    f"""
    WITH found AS (SELECT p.id FROM promotions p WHERE p.code = :code AND {_LIVE}),
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


class Promotion(NamedTuple):
    """A promotion that may take something off a cart, as `priced_by` returns it: without names, of which a cart would be sent hundreds."""

    id: str
    name: str
    code: str | None
    kind: str
    value: str
    currency: str | None
    buy_quantity: int
    get_quantity: int
    min_subtotal: str | None
    min_quantity: int | None
    stackable: bool
    priority: int
    max_uses: int | None
    max_uses_per_customer: int | None
    live: bool
    products: list[str]
    categories: list[str]
    is_about_cart: bool


def cart_by_id(session: Session, cart_id: UUID) -> Any | None:
    """Return a cart's row."""
    return session.execute(_CART, {"cart_id": cart_id}).one_or_none()


def touch_for_update(session: Session, cart_id: UUID, **values: Any) -> Any | None:
    """Change an open cart, or only say that it changes: its row is locked from here on. None when there is no open one."""
    return session.execute(_TOUCH, {"cart_id": cart_id} | values).one_or_none()


def add_cart(session: Session, **values: Any) -> Any | None:
    """Make a cart; None when its customer has an open one."""
    return session.execute(_ADD_CART, {"id": uuid7()} | values).one_or_none()


def open_cart_of_user(session: Session, user_id: UUID) -> Any | None:
    """Return a customer's open cart."""
    return session.execute(_OPEN_CART_OF_USER, {"user_id": user_id}).one_or_none()


def add_line(session: Session, cart_id: UUID, variant_id: UUID, quantity: int, currency: str) -> int | None:
    """Put pieces into a cart and return how many of the kind are there now; None when they are not sold in this currency."""
    values = {"id": uuid7(), "cart_id": cart_id, "variant_id": variant_id, "quantity": quantity, "currency": currency}
    return session.scalar(_ADD_LINE, values)


def currency_of(session: Session, variant_id: UUID) -> str | None:
    """Return the currency that a variant is on sale in."""
    statement = text("SELECT currency FROM sellable_variants WHERE variant_id = :id AND on_sale")
    return session.scalar(statement, {"id": variant_id})


def change_line(session: Session, cart_id: UUID, line_id: UUID, quantity: int) -> bool:
    """Set how many pieces a line has, at the price of now; tells whether there is such a line."""
    return session.scalar(_CHANGE_LINE, {"id": line_id, "cart_id": cart_id, "quantity": quantity}) is not None


def delete_line(session: Session, cart_id: UUID, line_id: UUID) -> bool:
    """Take a line out; tells whether there was one."""
    statement = delete(CartLine).where(CartLine.id == line_id, CartLine.cart_id == cart_id).returning(CartLine.id)
    return session.scalar(statement) is not None


def merge(session: Session, *, source: UUID, target: UUID, most: int) -> None:
    """Put lines and codes of one cart into another, quantities added up to `most`."""
    session.execute(_ADD_UP_LINES, {"from": source, "into": target, "most": most})
    for statement in (_MOVE_LINES, *_MERGE_CODES):
        session.execute(statement, {"from": source, "into": target})


def priced_by(session: Session, cart: Any) -> Any:
    """Return all that a cart's price depends on now: its lines, taxes, shipping, offers (each a `Promotion`) and gift cards, each as JSON or None.

    Lines come in the order that they were put in, with what the catalogue says of them. Offers come with those of their
    goods that are in the cart; those of which none is are left out, but for codes that were entered.
    """
    return session.execute(_PRICED_BY, {"rate_id": cart.shipping_rate_id} | _place(cart)).one()


def shipping_options(session: Session, cart: Any) -> Sequence[Any]:
    """Return the rates that a cart can be sent at, each beside what its goods cost as shown."""
    return session.execute(_SHIPPING_OPTIONS, _place(cart)).all()


def enter_promotion(session: Session, cart_id: UUID, code: str) -> bool:
    """Enter the promotion that a code stands for today, twice is once; tells whether there is one."""
    return session.scalar(_ENTER_PROMOTION, {"cart_id": cart_id, "code": code}) is not None


def enter_gift_card(session: Session, cart_id: UUID, code_hash: bytes, currency: str) -> bool:
    """Let the gift card of a code pay for the cart, twice is once; tells whether there is one that can pay something today."""
    values = {"cart_id": cart_id, "hash": code_hash, "currency": currency}
    return session.scalar(_ENTER_GIFT_CARD, values) is not None


def delete_code(session: Session, cart_id: UUID, code_id: UUID) -> None:
    """Take a promotion's code or a gift card out of the cart."""
    session.execute(
        delete(CartPromotion).where(CartPromotion.cart_id == cart_id, CartPromotion.promotion_id == code_id)
    )
    session.execute(delete(CartGiftCard).where(CartGiftCard.cart_id == cart_id, CartGiftCard.gift_card_id == code_id))


def _place(cart: Any) -> dict[str, Any]:
    address = cart.shipping_address or {}
    return {
        "cart_id": cart.id,
        "country": address.get("country", ""),
        "region": address.get("region", ""),
        "currency": cart.currency,
    }
