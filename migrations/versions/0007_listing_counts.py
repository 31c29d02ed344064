"""The number of products that the shop lists, kept by the database itself."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Writers never wait for each other's count. Each folds into its own row all rows that nobody holds at the moment, so
# there are as many rows as there were writers at once. In whatever order they commit or roll back, the sum is right.
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
_SEES = {
    "insert": "NEW TABLE AS new_rows",
    "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "OLD TABLE AS old_rows",
}


def upgrade() -> None:
    """Upgrade the tables to this revision."""
    op.create_table(
        "listing_counts",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("browsable", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_counts")),
    )
    op.execute(_COUNT)
    for change, rows in _SEES.items():
        op.execute(
            f"CREATE TRIGGER count_{change} AFTER {change} ON product_listings"
            f" REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION count_listings()"
        )
    # The triggers keep writers out until all of this is committed.
    op.execute("INSERT INTO listing_counts (browsable) SELECT count(*) FROM product_listings WHERE browsable")


def downgrade() -> None:
    """Downgrade to the revision before."""
    for change in _SEES:
        op.execute(f"DROP TRIGGER count_{change} ON product_listings")
    op.execute("DROP FUNCTION count_listings()")
    op.drop_table("listing_counts")
