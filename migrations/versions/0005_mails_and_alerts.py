"""The log of mails, alerts about stock that runs low, and an index of reservations that ended long ago."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade the tables to this revision."""
    op.create_table(
        "mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('sending', 'sent', 'failed')", name=op.f("ck_mails_status_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("kind", "event_id", name="uq_mails_kind_event"),
    )
    op.create_table(
        "stock_alerts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["variant_id"], ["product_variants.id"], name=op.f("fk_stock_alerts_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_alerts")),
    )
    still_open = sa.text("resolved_at IS NULL")
    op.create_index("uq_stock_alerts_open", "stock_alerts", ["variant_id"], unique=True, postgresql_where=still_open)
    op.create_index("ix_stock_alerts_variant_id", "stock_alerts", ["variant_id", "raised_at"])
    op.create_index("ix_stock_alerts_event_id", "stock_alerts", ["event_id"])
    ended = sa.text("status <> 'active'")
    op.create_index("ix_reservations_ended", "reservations", ["updated_at"], postgresql_where=ended)


def downgrade() -> None:
    """Downgrade to the revision before."""
    op.drop_index("ix_reservations_ended", "reservations")
    op.drop_table("stock_alerts")
    op.drop_table("mails")
