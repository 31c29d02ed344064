"""The SQL of what a cart costs: its lines, and the taxes, shipping rates, promotions and gift cards for them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.sales.pricing import Tax, Taxes

# A cart's lines with the catalogue's current data about their variants. Amounts are text, so that none becomes a float.
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
        SELECT coalesce(sum(weight_grams * quantity), 0) AS weight,
            coalesce(sum(price::numeric * quantity), 0) AS amount
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
            WHERE z.is_active AND :country <> ''
                AND (zr.country = :country AND zr.region IN ('', :region) OR zr.country = '*')
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
# A promotion with those of its products and categories that are in the cart. A shop has hundreds of promotions, some
# with thousands of products, so only those in the cart are looked up.
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


class Priceable(Protocol):
    """The parts of a cart that its price depends on."""

    @property
    def id(self) -> UUID: ...
    @property
    def currency(self) -> str: ...
    @property
    def shipping_address(self) -> Mapping[str, Any] | None: ...
    @property
    def shipping_rate_id(self) -> UUID | None: ...


class Line(NamedTuple):
    """Units of a variant in a cart, with the catalogue's current data; most of that is None once the variant is gone.

    `is_sold` is whether it can be bought in the cart's currency, `is_enough` whether that many are shown as available.
    """

    id: UUID
    variant_id: UUID
    quantity: int
    seen_price: Decimal
    price: Decimal
    product_id: UUID | None
    product_slug: str | None
    sku: str | None
    name: str | None
    size: str | None
    color: str | None
    style: str | None
    image: str | None
    tax_class: str
    category_ids: frozenset[UUID]
    guest_purchaseable: bool
    tracked: bool
    backorder: bool
    low_stock_alert: int
    is_sold: bool
    is_enough: bool


class OfferRow(NamedTuple):
    """A promotion that may take something off a cart. It comes as a list: names would be sent hundreds of times."""

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


class Limits(NamedTuple):
    """How often a promotion may be used in all, and by one customer; None means no limit."""

    uses: int | None
    uses_per_customer: int | None


class ChosenRate(NamedTuple):
    """The shipping rate that a cart has chosen, if it fits the cart."""

    id: UUID
    name: str
    carrier: str
    price: Decimal
    free_from: Decimal | None
    min_days: int
    max_days: int


class Balance(NamedTuple):
    """A gift card that can pay for a cart."""

    id: UUID
    last_characters: str
    balance: Decimal


class Terms(NamedTuple):
    """All that a cart's price depends on now."""

    lines: Sequence[Line]
    taxes: Taxes
    shipping: ChosenRate | None
    offers: Sequence[OfferRow]
    gift_cards: Sequence[Balance]


class OptionRow(NamedTuple):
    """A shipping rate for a cart, with what the cart's items cost as shown."""

    id: UUID
    name: str
    carrier: str
    price: Decimal
    free_from: Decimal | None
    min_days: int
    max_days: int
    goods_amount: Decimal

    @property
    def costs(self) -> Decimal:
        """Return the price of shipping these items, as shown."""
        is_free = self.free_from is not None and self.goods_amount >= self.free_from
        return Decimal(0) if is_free else self.price


def terms(session: Session, cart: Priceable) -> Terms:
    """Return all that a cart's price depends on now.

    Lines come in the order in which they were added. Offers come with those of their products that are in the cart; an
    offer without any is left out, unless its code was entered.
    """
    row = session.execute(_PRICED_BY, {"rate_id": cart.shipping_rate_id} | _place(cart)).one()
    rates: Mapping[str, tuple[str, bool]] = row.taxes or {}
    return Terms(
        lines=[_line(each) for each in row.lines or ()],
        taxes=Taxes({kind: Tax(Decimal(rate), included) for kind, (rate, included) in rates.items()}),
        shipping=_chosen(row.shipping) if row.shipping else None,
        offers=[OfferRow._make(each) for each in row.offers or ()],
        gift_cards=[
            Balance(UUID(each["id"]), each["last_characters"], Decimal(each["balance"]))
            for each in row.gift_cards or ()
        ],
    )


def shipping_options(session: Session, cart: Priceable) -> Sequence[OptionRow]:
    """Return the shipping rates for a cart."""
    return [OptionRow._make(row) for row in session.execute(_SHIPPING_OPTIONS, _place(cart))]


def _place(cart: Priceable) -> dict[str, Any]:
    address = cart.shipping_address or {}
    return {
        "cart_id": cart.id,
        "country": address.get("country", ""),
        "region": address.get("region", ""),
        "currency": cart.currency,
    }


def _line(row: Mapping[str, Any]) -> Line:
    read: dict[str, Any] = {
        "id": UUID(row["id"]),
        "variant_id": UUID(row["variant_id"]),
        "product_id": row["product_id"] and UUID(row["product_id"]),
        "category_ids": frozenset(map(UUID, row["category_ids"])),
        "seen_price": Decimal(row["seen_price"]),
        "price": Decimal(row["price"]),
    }
    return Line(**{name: row[name] for name in Line._fields} | read)


def _chosen(rate: Mapping[str, Any]) -> ChosenRate:
    return ChosenRate(
        id=UUID(rate["id"]),
        name=rate["name"],
        carrier=rate["carrier"],
        price=Decimal(rate["price"]),
        free_from=None if rate["free_from"] is None else Decimal(rate["free_from"]),
        min_days=rate["min_days"],
        max_days=rate["max_days"],
    )
