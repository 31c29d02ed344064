"""The SQL of what a cart costs: its goods, and the taxes, shipping rates, promotions and gift cards that its price depends on."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

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
# Whether a promotion `p` takes anything off now.
LIVE = """
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
                p.stackable, p.priority, p.max_uses, p.max_uses_per_customer, {LIVE}, p.products, p.categories,
                p.is_about_cart))
            FROM ({_PROMOTIONS}) p
            WHERE p.code IS NULL AND p.is_about_cart AND {LIVE}
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


def priced_by(session: Session, cart: Any) -> Any:
    """Return all that a cart's price depends on now: its lines, taxes, shipping, offers (each a `Promotion`) and gift cards, each as JSON or None.

    Lines come in the order that they were put in, with what the catalogue says of them. Offers come with those of their
    goods that are in the cart; those of which none is are left out, but for codes that were entered.
    """
    return session.execute(_PRICED_BY, {"rate_id": cart.shipping_rate_id} | _place(cart)).one()


def shipping_options(session: Session, cart: Any) -> Sequence[Any]:
    """Return the rates that a cart can be sent at, each beside what its goods cost as shown."""
    return session.execute(_SHIPPING_OPTIONS, _place(cart)).all()


def _place(cart: Any) -> dict[str, Any]:
    address = cart.shipping_address or {}
    return {
        "cart_id": cart.id,
        "country": address.get("country", ""),
        "region": address.get("region", ""),
        "currency": cart.currency,
    }
