"""Products are also stored as their pages send them.

The pages of existing products are written when a deployment has migrated.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade the tables to this revision."""
    op.create_table(
        "product_pages",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["product_listings.product_id"],
            name=op.f("fk_product_pages_product_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("product_id", "locale", name=op.f("pk_product_pages")),
    )


def downgrade() -> None:
    """Downgrade to the revision before."""
    op.drop_table("product_pages")
