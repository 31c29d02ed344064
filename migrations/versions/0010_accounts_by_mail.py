"""Indexes of guests' orders by mail address, and of the rows that the nightly cleaning deletes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade the tables to this revision."""
    op.create_index(
        "ix_orders_guests",
        "orders",
        [sa.literal_column("lower(email)"), "id"],
        postgresql_where=sa.text("user_id IS NULL"),
    )
    op.create_index("ix_sessions_ended_at", "sessions", ["ended_at"], postgresql_where=sa.text("ended_at IS NOT NULL"))
    op.create_index(
        "ix_refresh_tokens_used_at", "refresh_tokens", ["used_at"], postgresql_where=sa.text("used_at IS NOT NULL")
    )


def downgrade() -> None:
    """Downgrade to the revision before."""
    op.drop_index("ix_refresh_tokens_used_at", "refresh_tokens")
    op.drop_index("ix_sessions_ended_at", "sessions")
    op.drop_index("ix_orders_guests", "orders")
