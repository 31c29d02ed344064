"""Lists are counted as they are read: no counters, no sets, and no triggers that keep them.

Code of the previous version reads `listing_counts` and `listing_sets` until traffic has moved. Views with these names
answer it.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FIELDS = ("categories", "sizes", "colors", "features")
_SETS = f"""
    SELECT DISTINCT held.field, held.key, held.members
    FROM {{rows}} CROSS JOIN LATERAL (
        VALUES {", ".join(f"('{field}', {field}_key, {field})" for field in FIELDS)}
    ) AS held (field, key, members)
"""
_KEEP = f"""
CREATE FUNCTION keep_listing_sets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO listing_sets (field, key, members)
    {_SETS.format(rows="new_rows")}
    WHERE NOT EXISTS (SELECT FROM listing_sets known WHERE known.field = held.field AND known.key = held.key)
    ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$
"""
_COUNT = """
CREATE FUNCTION count_listings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change bigint := 0;
BEGIN
    IF TG_OP <> 'DELETE' THEN
        change := change + (SELECT count(*) FROM new_rows WHERE browsable);
    END IF;
    IF TG_OP <> 'INSERT' THEN
        change := change - (SELECT count(*) FROM old_rows WHERE browsable);
    END IF;
    IF change <> 0 THEN
        WITH folded AS (
            DELETE FROM listing_counts WHERE id IN (SELECT id FROM listing_counts FOR UPDATE SKIP LOCKED)
            RETURNING browsable
        )
        INSERT INTO listing_counts (browsable) SELECT change + coalesce(sum(browsable), 0) FROM folded;
    END IF;
    RETURN NULL;
END $$
"""
# Each trigger: when it fires, what it sees, and what it calls.
_TRIGGERS = {
    "count_insert": ("INSERT", "NEW TABLE AS new_rows", "count_listings"),
    "count_update": ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows", "count_listings"),
    "count_delete": ("DELETE", "OLD TABLE AS old_rows", "count_listings"),
    "keep_sets_insert": ("INSERT", "NEW TABLE AS new_rows", "keep_listing_sets"),
    "keep_sets_update": ("UPDATE", "NEW TABLE AS new_rows", "keep_listing_sets"),
}


def upgrade() -> None:
    """Upgrade the tables to this revision."""
    op.create_index(
        "ix_product_listings_counted",
        "product_listings",
        ["published_at"],
        unique=False,
        postgresql_include=["in_stock", "price", "price_to"],
        postgresql_where=sa.text("browsable"),
    )
    for field in FIELDS:
        op.drop_index(f"ix_product_listings_counted_{field}", table_name="product_listings")
    for trigger in _TRIGGERS:
        op.execute(f"DROP TRIGGER {trigger} ON product_listings")
    op.execute("DROP FUNCTION count_listings()")
    op.execute("DROP FUNCTION keep_listing_sets()")
    op.drop_table("listing_counts")
    op.drop_table("listing_sets")
    op.execute("CREATE VIEW listing_counts AS SELECT count(*) AS browsable FROM product_listings WHERE browsable")
    op.execute(f"CREATE VIEW listing_sets AS {_SETS.format(rows='product_listings')}")


def downgrade() -> None:
    """Downgrade to the revision before."""
    op.execute("DROP VIEW listing_sets")
    op.execute("DROP VIEW listing_counts")
    op.create_table(
        "listing_counts",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("browsable", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_counts")),
    )
    op.create_table(
        "listing_sets",
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("members", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("field", "key", name=op.f("pk_listing_sets")),
    )
    op.create_index("ix_listing_sets_members", "listing_sets", ["members"], unique=False, postgresql_using="gin")
    op.execute(_COUNT)
    op.execute(_KEEP)
    for trigger, (event, sees, function) in _TRIGGERS.items():
        op.execute(
            f"CREATE TRIGGER {trigger} AFTER {event} ON product_listings"
            f" REFERENCING {sees} FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )
    # The triggers keep writers out until all of this is committed.
    op.execute("INSERT INTO listing_counts (browsable) SELECT count(*) FROM product_listings WHERE browsable")
    op.execute(f"INSERT INTO listing_sets (field, key, members) {_SETS.format(rows='product_listings')}")
    for field in FIELDS:
        others = [f"{other}_key" for other in FIELDS if other != field]
        op.create_index(
            f"ix_product_listings_counted_{field}",
            "product_listings",
            [f"{field}_key"],
            unique=False,
            postgresql_include=["published_at", "in_stock", "price", "price_to", *others],
            postgresql_where=sa.text("browsable"),
        )
    op.drop_index("ix_product_listings_counted", table_name="product_listings")
