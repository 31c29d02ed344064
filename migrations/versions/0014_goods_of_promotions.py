"""Promotions say whether they are for all goods, so one whose last category is deleted is for none."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade the tables to this revision."""
    op.add_column(
        "promotions", sa.Column("for_all_goods", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    )
    op.execute(
        "UPDATE promotions SET for_all_goods = false WHERE id IN ("
        "SELECT promotion_id FROM promotion_products UNION SELECT promotion_id FROM promotion_categories)"
    )


def downgrade() -> None:
    """Downgrade to the revision before."""
    op.drop_column("promotions", "for_all_goods")
