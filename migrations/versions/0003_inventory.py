"""Locations, stock levels, reservations, the ledger of movements, and the catalogue's view of its variants."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TIMES = ("created_at", "updated_at")


def _times() -> list[sa.Column[sa.DateTime]]:
    return [
        sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False) for name in _TIMES
    ]


def upgrade() -> None:
    """Upgrade the tables to this revision."""
    op.add_column("product_variants", sa.Column("stock_as_of", sa.DateTime(timezone=True), nullable=True))
    # All that other domains may know of a variant: they read this view, never the tables behind it.
    op.execute(
        """
        CREATE VIEW sellable_variants AS
        SELECT v.id AS variant_id, v.product_id, v.sku, p.name AS product_name, p.track_inventory AS tracked,
            p.allow_backorder AS backorder, coalesce(v.low_stock_alert, 5) AS low_stock_alert,
            v.is_active AND p.status = 'active' AND p.published_at <= statement_timestamp() AS on_sale
        FROM product_variants v JOIN products p ON p.id = v.product_id
        WHERE v.deleted_at IS NULL AND p.deleted_at IS NULL
        """
    )
    op.create_table(
        "locations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        *_times(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locations")),
        sa.UniqueConstraint("code", name=op.f("uq_locations_code")),
    )
    op.create_table(
        "stock_levels",
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("on_hand", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reserved", sa.Integer(), server_default="0", nullable=False),
        *_times(),
        sa.CheckConstraint(
            "on_hand >= reserved AND reserved >= 0", name=op.f("ck_stock_levels_reserved_within_on_hand")
        ),
        sa.ForeignKeyConstraint(["variant_id"], ["product_variants.id"], name=op.f("fk_stock_levels_variant_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_stock_levels_location_id")),
        sa.PrimaryKeyConstraint("variant_id", "location_id", name=op.f("pk_stock_levels")),
    )
    op.create_index(op.f("ix_stock_levels_location_id"), "stock_levels", ["location_id"])
    op.create_table(
        "reservations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), server_default="active", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        *_times(),
        sa.CheckConstraint("status IN ('active', 'released', 'sold')", name=op.f("ck_reservations_status_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservations")),
    )
    active = sa.text("status = 'active'")
    op.create_index("uq_reservations_session", "reservations", ["session_id"], unique=True, postgresql_where=active)
    op.create_index("ix_reservations_expiring", "reservations", ["expires_at"], postgresql_where=active)
    op.create_table(
        "reservation_lines",
        sa.Column("reservation_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("held", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_reservation_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservations.id"],
            ondelete="CASCADE",
            name=op.f("fk_reservation_lines_reservation_id"),
        ),
        sa.ForeignKeyConstraint(["variant_id"], ["product_variants.id"], name=op.f("fk_reservation_lines_variant_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_reservation_lines_location_id")),
        sa.PrimaryKeyConstraint("reservation_id", "variant_id", "location_id", name=op.f("pk_reservation_lines")),
    )
    op.create_index(
        "ix_reservation_lines_held",
        "reservation_lines",
        ["variant_id", "location_id"],
        postgresql_where=sa.text("held"),
    )
    op.create_index("ix_reservation_lines_location_id", "reservation_lines", ["location_id"])
    op.create_table(
        "stock_movements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("delta <> 0", name=op.f("ck_stock_movements_delta_not_zero")),
        sa.CheckConstraint(
            "reason IN ('received', 'counted', 'damaged', 'returned', 'sold', 'imported', 'correction')",
            name=op.f("ck_stock_movements_reason_known"),
        ),
        sa.ForeignKeyConstraint(["variant_id"], ["product_variants.id"], name=op.f("fk_stock_movements_variant_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_stock_movements_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movements")),
        sa.UniqueConstraint("reference", "variant_id", "location_id", name="uq_stock_movements_reference"),
    )
    op.create_index("ix_stock_movements_variant_id", "stock_movements", ["variant_id", "id"])
    op.create_index("ix_stock_movements_location_id", "stock_movements", ["location_id"])
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is a ledger: nothing in it is changed or deleted', TG_TABLE_NAME;
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER stock_movements_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_movements
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """
    )


def downgrade() -> None:
    """Downgrade to the revision before."""
    for table in ("stock_movements", "reservation_lines", "reservations", "stock_levels", "locations"):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change()")
    op.execute("DROP VIEW sellable_variants")
    op.drop_column("product_variants", "stock_as_of")
