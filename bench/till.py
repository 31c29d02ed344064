"""What a shop needs besides products before anyone can order: a large product, stock, taxes, shipping, promotions.

The large product has many variants.
"""

import random
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench import goods
from ravo.catalog.projections import service as projections
from ravo.catalog.projections.replies import LOW_STOCK
from ravo.inventory.locations import service as locations

VARIANTS_OF_ONE = 500
CODE = "WELCOME"
# Of 200 promotions, 185 hold for everyone and all but five of these have goods of their own; the others have a code.
PROMOTIONS, WITH_CODE, FOR_ALL_GOODS = 200, 15, 5
PRODUCTS_OF_ONE, CATEGORIES_OF_ONE = 20, 2
PIECES = 1_000_000

_MANY_VARIANTS = text(
    """
    INSERT INTO product_variants (id, product_id, sku, size, color, available, position, weight_grams)
    SELECT uuidv7(), p.id, p.sku || '-' || k, (CAST(:sizes AS text[]))[1 + k % 5], 'Shade ' || k / 5, 40, k, 200
    FROM products p CROSS JOIN generate_series(6, :variants - 1) AS k
    WHERE p.sku = 'G-1'
    RETURNING product_id
    """
)
_STOCK = (
    text(
        """
        INSERT INTO stock_levels (variant_id, location_id, on_hand)
        SELECT v.id, l.id, :pieces FROM product_variants v CROSS JOIN locations l
        """
    ),
    text(
        """
        INSERT INTO stock_movements (id, variant_id, location_id, delta, reason)
        SELECT uuidv7(), variant_id, location_id, on_hand, 'received' FROM stock_levels
        """
    ),
)
_SHOW = text(
    """
    WITH before AS (SELECT product_id FROM product_variants WHERE available <= :few),
    shown AS (UPDATE product_variants SET available = :pieces)
    SELECT DISTINCT product_id FROM before
    """
)
_TERMS = (
    text("INSERT INTO tax_rates (id, country, name, rate, prices_include) VALUES (uuidv7(), 'DE', 'VAT', 0.19, true)"),
    text(
        """
        WITH zone AS (INSERT INTO shipping_zones (id, name) VALUES (uuidv7(), 'Germany') RETURNING id),
        place AS (INSERT INTO shipping_zone_regions (zone_id, country) SELECT id, 'DE' FROM zone)
        INSERT INTO shipping_rates (id, zone_id, name, carrier, currency, price, free_from, min_days, max_days, position)
        SELECT uuidv7(), zone.id, rate.name, 'DHL', 'EUR', rate.price, rate.free_from, 1, 4, rate.position
        FROM zone CROSS JOIN (VALUES ('Standard', 4.90, 150, 0), ('Express', 9.90, NULL, 1)) AS rate (name, price, free_from, position)
        """
    ),
)
_PROMOTIONS = text(
    """
    INSERT INTO promotions (id, for_all_goods, code, name, kind, value, priority, min_quantity)
    SELECT uuidv7(), n <= :for_all, CASE WHEN n = 1 THEN :code WHEN n <= :with_code THEN :code || n END, 'Promotion ' || n,
        'percent', 5 + n % 10, n, CASE WHEN n % 3 = 0 THEN 2 END
    FROM generate_series(1, :promotions) AS n
    RETURNING id
    """
)
_MEANT_PRODUCTS = text(
    """
    INSERT INTO promotion_products (promotion_id, product_id)
    SELECT p.id, goods.id FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS p (id, n)
    JOIN products goods ON CAST(substr(goods.sku, 3) AS integer) BETWEEN p.n * 40 AND p.n * 40 + :each - 1
    """
)
_MEANT_CATEGORIES = text(
    """
    INSERT INTO promotion_categories (promotion_id, category_id)
    SELECT p.id, categories.id FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS p (id, n)
    JOIN (SELECT id, row_number() OVER (ORDER BY path) AS n FROM categories) AS categories
        ON categories.n BETWEEN 1 + p.n % 20 AND p.n % 20 + :each
    """
)


@dataclass(frozen=True)
class Till:
    """What shoppers choose from: variants of many products, and those of the product that has 500."""

    variants: list[str]
    of_one: list[str]


def open_till(session: Session) -> Till:
    """Make a shop of generated products ready for orders, and return what can be ordered."""
    one = session.scalars(_MANY_VARIANTS, {"sizes": goods.SIZES, "variants": VARIANTS_OF_ONE}).all()
    locations.seed_location(session)
    for statement in _STOCK:
        session.execute(statement, {"pieces": PIECES} if ":pieces" in statement.text else {})
    for statement in _TERMS:
        session.execute(statement)
    numbers = {"code": CODE, "with_code": WITH_CODE, "promotions": PROMOTIONS, "for_all": WITH_CODE + FOR_ALL_GOODS}
    ids = list(session.scalars(_PROMOTIONS, numbers))[WITH_CODE + FOR_ALL_GOODS :]
    session.execute(_MEANT_PRODUCTS, {"ids": ids[::2], "each": PRODUCTS_OF_ONE})
    session.execute(_MEANT_CATEGORIES, {"ids": ids[1::2], "each": CATEGORIES_OF_ONE})
    projections.refresh(session, [*one[:1], *session.scalars(_SHOW, {"pieces": PIECES, "few": LOW_STOCK})])
    session.commit()
    return read_till(session)


def read_till(session: Session) -> Till:
    """Return what can be ordered in a shop that is ready for orders."""
    found = session.execute(
        text(
            "SELECT CAST(v.id AS text), p.sku = 'G-1' AS is_of_one FROM product_variants v JOIN products p"
            " ON p.id = v.product_id WHERE p.sku = 'G-1' OR v.position = 0 ORDER BY v.id"
        )
    ).all()
    shuffled = random.Random(len(found)).sample(found, len(found))
    return Till([v for v, of_one in shuffled if not of_one], [v for v, of_one in shuffled if of_one])
