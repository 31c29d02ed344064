"""The sets of values that listings hold are stored by key, so that a filtered list is counted from an index only."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FIELDS = ("categories", "sizes", "colors", "features")
_SETS = f"""
    SELECT DISTINCT held.field, held.key, held.members
    FROM {{rows}} CROSS JOIN LATERAL (
        VALUES {", ".join(f"('{field}', {field}_key, {field})" for field in FIELDS)}
    ) AS held (field, key, members)
"""
# Hardly any change brings a set that is new to the shop. A writer that inserts the same sets at the same time
# waits for this one, and must not hold a set that this one waits for.
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


def upgrade() -> None:
    """Upgrade the tables to this revision."""
    op.create_table(
        "listing_sets",
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("members", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("field", "key", name=op.f("pk_listing_sets")),
    )
    op.create_index("ix_listing_sets_members", "listing_sets", ["members"], unique=False, postgresql_using="gin")
    op.execute(_KEEP)
    for change in ("insert", "update"):
        op.execute(
            f"CREATE TRIGGER keep_sets_{change} AFTER {change} ON product_listings"
            " REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_listing_sets()"
        )
    # The triggers keep writers out until all of this is committed.
    op.execute(
        f"INSERT INTO listing_sets (field, key, members) {_SETS.format(rows='product_listings')} ON CONFLICT DO NOTHING"
    )
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
    # Each of these indexes has all that this one had.
    op.drop_index("ix_product_listings_counted", table_name="product_listings")


def downgrade() -> None:
    """Downgrade to the revision before."""
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
    for change in ("insert", "update"):
        op.execute(f"DROP TRIGGER keep_sets_{change} ON product_listings")
    op.execute("DROP FUNCTION keep_listing_sets()")
    op.drop_table("listing_sets")
