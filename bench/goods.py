"""A shop of any size: products with six variants each, made by the database and then derived as for every change."""

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import text
from sqlalchemy.orm import Session

from ravo.adapters.ai.offline import OfflineKeywordAi
from ravo.catalog.projections import service as projections

# One product in twelve is a hoodie, one in ninety-six a pair of running shorts, one in a thousand an "Auraline".
GARMENTS = [
    "Hoodie",
    "Leggings",
    "Shorts",
    "Tank",
    "Tee",
    "Jacket",
    "Bra",
    "Joggers",
    "Sweatshirt",
    "Tights",
    "Skirt",
    "Vest",
]
ACTIVITIES = ["Running", "Yoga", "Training", "Trail", "Studio", "Cycling", "Tennis", "Travel"]
FIRST = [
    "Aura",
    "Bolt",
    "Crest",
    "Dune",
    "Echo",
    "Flux",
    "Glen",
    "Halo",
    "Iris",
    "Jade",
    "Kite",
    "Luna",
    "Mesa",
    "Nova",
    "Onyx",
    "Pulse",
    "Quill",
    "Rove",
    "Sol",
    "Tide",
    "Umbra",
    "Vale",
    "Wren",
    "Xeno",
    "Yara",
    "Zeph",
    "Alto",
    "Brio",
    "Coda",
    "Dawn",
    "Ember",
    "Fern",
    "Gale",
    "Haze",
    "Isle",
    "Jet",
    "Kern",
    "Lark",
    "Mist",
    "Nord",
]
LAST = [
    "line",
    "form",
    "wave",
    "flow",
    "core",
    "lift",
    "mark",
    "step",
    "fold",
    "light",
    "way",
    "bound",
    "field",
    "stone",
    "wing",
    "side",
    "craft",
    "point",
    "rise",
    "weave",
    "run",
    "span",
    "leaf",
    "guard",
    "turn",
]
COLOURS = ["Ink", "Moss", "Clay", "Sand", "Sky", "Plum", "Coral", "Slate", "Bone", "Berry", "Ocean", "Citrus"]
SIZES = ["XS", "S", "M", "L", "XL"]
FEATURES = [
    "Quick-dry",
    "Pockets",
    "Reflective",
    "Squat-proof",
    "Thermal",
    "Packable",
    "Breathable",
    "Lined",
    "Waterproof",
    "Seamless",
]

PER_STEP = 5_000
_LISTS = {"garments": GARMENTS, "activities": ACTIVITIES, "first": FIRST, "last": LAST, "features": FEATURES}

_CATEGORIES = text(
    """
    WITH roots AS (
        INSERT INTO categories (id, slug, path, name)
        SELECT uuidv7(), lower(root), lower(root), root FROM unnest(ARRAY['Women', 'Men']) AS root
        ON CONFLICT (path) DO UPDATE SET name = excluded.name
        RETURNING id, path
    )
    INSERT INTO categories (id, parent_id, slug, path, name)
    SELECT uuidv7(), roots.id, lower(garment), roots.path || '/' || lower(garment), garment
    FROM roots CROSS JOIN unnest(CAST(:garments AS text[])) AS garment
    ON CONFLICT (path) DO NOTHING
    """
)
_TAGS = text(
    """
    INSERT INTO tags (id, slug, name) SELECT uuidv7(), lower(tag), lower(tag) FROM unnest(CAST(:activities AS text[])) AS tag
    ON CONFLICT (slug) DO NOTHING
    """
)
_PRODUCTS = text(
    """
    INSERT INTO products (id, sku, slug, name, short_description, description, currency, base_price, sale_price,
        features, materials, images, status, published_at, sales_count)
    SELECT uuidv7(), 'G-' || n, 'g-' || n,
        coined || ' ' || activity || ' ' || garment,
        'A ' || lower(garment) || ' for ' || lower(activity) || '.',
        '<p>The ' || coined || ' is made for ' || lower(activity) || ': it holds its shape, dries on the way home and'
            || ' asks for nothing but a cold wash. Its seams lie flat, its hem stays where it is, and whoever has worn it'
            || ' once reaches for it again.</p><p>Cut from ' || feature || ' fabric in our own studio, number ' || n || '.</p>',
        'EUR', 20 + n * 7919 % 130, CASE WHEN n % 9 = 0 THEN 15 + n * 7919 % 100 END,
        ARRAY[feature, (CAST(:features AS text[]))[1 + (n + 3) % 10]], '80 % recycled polyester, 20 % elastane',
        jsonb_build_array(jsonb_build_object('url', '/media/products/g-' || n || '.jpg', 'alt', coined)),
        'active', now() - make_interval(secs => n), n * 4729 % 5000
    FROM generate_series(CAST(:start AS integer), CAST(:end AS integer)) AS n
    CROSS JOIN LATERAL (SELECT
        (CAST(:garments AS text[]))[1 + n % 12] AS garment,
        (CAST(:activities AS text[]))[1 + n / 12 % 8] AS activity,
        (CAST(:first AS text[]))[1 + n / 7 % 40] || (CAST(:last AS text[]))[1 + n / 280 % 25] AS coined,
        (CAST(:features AS text[]))[1 + n % 10] AS feature
    ) AS words
    RETURNING id
    """
)
_VARIANTS = text(
    """
    INSERT INTO product_variants (id, product_id, sku, size, color, available, position, weight_grams)
    SELECT uuidv7(), p.id, p.sku || '-' || k, (CAST(:sizes AS text[]))[1 + k % 3 + CAST(substr(p.sku, 3) AS integer) % 3],
        (CAST(:colours AS text[]))[1 + (k / 3 + CAST(substr(p.sku, 3) AS integer)) % 12],
        (CAST(substr(p.sku, 3) AS integer) + k * 31) % 40, k, 200
    FROM products p CROSS JOIN generate_series(0, 5) AS k
    WHERE p.id = ANY(:ids)
    """
)
_PLACES = text(
    """
    INSERT INTO product_categories (product_id, category_id)
    SELECT p.id, c.id FROM products p JOIN categories c
        ON c.path = CASE WHEN CAST(substr(p.sku, 3) AS integer) / 84 % 2 = 0 THEN 'women/' ELSE 'men/' END
            || lower(substring(p.name FROM '[A-Za-z]+$'))
    WHERE p.id = ANY(:ids)
    """
)
_TAGGED = text(
    """
    INSERT INTO product_tags (product_id, tag_id)
    SELECT p.id, tags.id FROM products p JOIN tags ON tags.slug = lower(split_part(p.name, ' ', 2)) WHERE p.id = ANY(:ids)
    """
)
_UNDERSTOOD = text(
    """
    INSERT INTO product_embeddings (product_id, model, text_hash, embedding, embedded_at)
    SELECT CAST(:id AS uuid), :model, CAST('' AS bytea), CAST(:embedding AS vector), now()
    """
)


def fill(session: Session, *, start: int, end: int) -> Iterator[int]:
    """Make the products from number `start` to `end`, committing in steps; yields how many there are so far."""
    session.execute(_CATEGORIES, {"garments": GARMENTS})
    session.execute(_TAGS, {"activities": ACTIVITIES})
    session.commit()
    for first in range(start, end + 1, PER_STEP):
        last = min(first + PER_STEP - 1, end)
        ids = list(session.scalars(_PRODUCTS, _LISTS | {"start": first, "end": last}))
        session.execute(_VARIANTS, {"ids": ids, "sizes": SIZES, "colours": COLOURS})
        session.execute(_PLACES, {"ids": ids})
        session.execute(_TAGGED, {"ids": ids})
        session.commit()
        # Without statistics the planner takes the tables for empty, as they were.
        session.execute(text("ANALYZE products, product_variants, product_categories, product_tags, categories, tags"))
        projections.refresh(session, ids)
        session.commit()
        yield last


def understand(session: Session, *, products: int) -> None:
    """Give the first products their vectors, as the embedding job would."""
    ai = OfflineKeywordAi()
    rows = session.execute(
        text("SELECT id, name, short_description FROM products ORDER BY id LIMIT :limit"), {"limit": products}
    )
    known = iter(rows.all())
    while batch := list(islice(known, 500)):
        vectors = ai.embed([f"{row.name} {row.short_description}" for row in batch])
        session.execute(
            _UNDERSTOOD,
            [
                {"id": row.id, "model": ai.model, "embedding": "[" + ",".join(f"{v:.5g}" for v in vector) + "]"}
                for row, vector in zip(batch, vectors, strict=True)
            ],
        )
    session.commit()
