"""Selling: prices, carts, orders and payments; the catalogue's view of its variants also has prices."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_STOCK_FACTS = """
    v.id AS variant_id, v.product_id, v.sku, p.name AS product_name, p.track_inventory AS tracked,
    p.allow_backorder AS backorder, coalesce(v.low_stock_alert, 5) AS low_stock_alert,
    v.is_active AND p.status = 'active' AND p.published_at <= statement_timestamp() AS on_sale
"""
# A column that nobody selects costs nothing, since the planner inlines the view.
_SALES_FACTS = """
    p.slug AS product_slug, v.size, v.color, v.style, coalesce(v.images #>> '{0,url}', p.images #>> '{0,url}') AS image,
    coalesce(v.price, p.sale_price, p.base_price) AS price, p.currency, p.tax_class, p.shipping_class,
    coalesce(v.weight_grams, 0) AS weight_grams, p.guest_purchaseable, v.available AS shown_available,
    ARRAY(
        SELECT above.id FROM product_categories pc JOIN categories c ON c.id = pc.category_id
        JOIN categories above ON above.path = c.path OR starts_with(c.path, above.path || '/')
        WHERE pc.product_id = p.id
    ) AS category_ids
"""
_VIEW = """
    CREATE VIEW sellable_variants AS
    SELECT {columns}
    FROM product_variants v JOIN products p ON p.id = v.product_id
    WHERE v.deleted_at IS NULL AND p.deleted_at IS NULL
"""
_LEDGERS = ("gift_card_entries", "order_events", "payment_entries")


def upgrade() -> None:
    """Upgrade the tables to this revision."""
    op.execute("DROP VIEW sellable_variants")
    op.execute(_VIEW.format(columns=f"{_STOCK_FACTS}, {_SALES_FACTS}"))
    op.create_table(
        "gift_cards",
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("last_characters", sa.String(length=4), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("balance", sa.Numeric(precision=14, scale=4), server_default="0", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("balance >= 0", name=op.f("ck_gift_cards_balance_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_cards")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_gift_cards_code_hash")),
    )
    op.create_table(
        "promotions",
        sa.Column("code", sa.String(length=32), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Numeric(precision=14, scale=4), server_default="0", nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("buy_quantity", sa.Integer(), nullable=True),
        sa.Column("get_quantity", sa.Integer(), nullable=True),
        sa.Column("min_subtotal", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("min_quantity", sa.Integer(), nullable=True),
        sa.Column("max_uses", sa.Integer(), nullable=True),
        sa.Column("max_uses_per_customer", sa.Integer(), nullable=True),
        sa.Column("uses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("stackable", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind <> 'buy_x_get_y' OR (buy_quantity > 0 AND get_quantity > 0)",
            name=op.f("ck_promotions_quantities_positive"),
        ),
        sa.CheckConstraint("kind <> 'fixed' OR currency IS NOT NULL", name=op.f("ck_promotions_fixed_has_currency")),
        sa.CheckConstraint(
            "kind IN ('percent', 'fixed', 'buy_x_get_y', 'free_shipping')", name=op.f("ck_promotions_kind_known")
        ),
        sa.CheckConstraint(
            "value >= 0 AND (kind <> 'percent' OR value <= 100)", name=op.f("ck_promotions_value_in_bounds")
        ),
        sa.CheckConstraint("max_uses IS NULL OR uses <= max_uses", name=op.f("ck_promotions_uses_within_limit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotions")),
    )
    op.create_index(
        "ix_promotions_automatic",
        "promotions",
        ["id"],
        unique=False,
        postgresql_where=sa.text("code IS NULL AND is_active AND deleted_at IS NULL"),
    )
    op.create_index(
        "uq_promotions_code", "promotions", ["code"], unique=True, postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.create_table(
        "shipping_zones",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipping_zones")),
        sa.UniqueConstraint("name", name=op.f("uq_shipping_zones_name")),
    )
    op.create_table(
        "tax_rates",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("region", sa.String(length=16), server_default="", nullable=False),
        sa.Column("tax_class", sa.String(length=64), server_default="standard", nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("rate", sa.Numeric(precision=7, scale=6), nullable=False),
        sa.Column("prices_include", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("rate >= 0 AND rate <= 1", name=op.f("ck_tax_rates_rate_is_a_share")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_rates")),
        sa.UniqueConstraint("country", "region", "tax_class", name="uq_tax_rates_place_class"),
    )
    op.create_table(
        "webhook_receipts",
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("provider_event_id", sa.String(length=120), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_receipts")),
        sa.UniqueConstraint("provider", "provider_event_id", name="uq_webhook_receipts_event"),
    )
    op.create_index("ix_webhook_receipts_received_at", "webhook_receipts", ["received_at"], unique=False)
    op.create_table(
        "promotion_categories",
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_promotion_categories_category_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["promotions.id"], name=op.f("fk_promotion_categories_promotion_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("promotion_id", "category_id", name=op.f("pk_promotion_categories")),
    )
    op.create_index(op.f("ix_promotion_categories_category_id"), "promotion_categories", ["category_id"], unique=False)
    op.create_table(
        "promotion_products",
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_promotion_products_product_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["promotions.id"], name=op.f("fk_promotion_products_promotion_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("promotion_id", "product_id", name=op.f("pk_promotion_products")),
    )
    op.create_index(op.f("ix_promotion_products_product_id"), "promotion_products", ["product_id"], unique=False)
    op.create_table(
        "shipping_rates",
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("carrier", sa.String(length=32), server_default="", nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("price", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("free_from", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("min_weight_grams", sa.Integer(), server_default="0", nullable=False),
        sa.Column("max_weight_grams", sa.Integer(), nullable=True),
        sa.Column("min_days", sa.Integer(), nullable=False),
        sa.Column("max_days", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("max_days >= min_days AND min_days >= 0", name=op.f("ck_shipping_rates_days_in_order")),
        sa.CheckConstraint(
            "max_weight_grams IS NULL OR max_weight_grams >= min_weight_grams",
            name=op.f("ck_shipping_rates_weights_in_order"),
        ),
        sa.CheckConstraint("price >= 0", name=op.f("ck_shipping_rates_price_not_negative")),
        sa.ForeignKeyConstraint(["zone_id"], ["shipping_zones.id"], name=op.f("fk_shipping_rates_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipping_rates")),
    )
    op.create_index("ix_shipping_rates_zone_id", "shipping_rates", ["zone_id", "currency"], unique=False)
    op.create_table(
        "shipping_zone_regions",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("region", sa.String(length=16), server_default="", nullable=False),
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["zone_id"], ["shipping_zones.id"], name=op.f("fk_shipping_zone_regions_zone_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("country", "region", name=op.f("pk_shipping_zone_regions")),
    )
    op.create_index(op.f("ix_shipping_zone_regions_zone_id"), "shipping_zone_regions", ["zone_id"], unique=False)
    op.create_table(
        "carts",
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(length=16), server_default="open", nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("locale", sa.String(length=12), server_default="en", nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("shipping_address", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("billing_address", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("shipping_rate_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('open', 'ordered', 'merged')", name=op.f("ck_carts_status_known")),
        sa.ForeignKeyConstraint(
            ["shipping_rate_id"], ["shipping_rates.id"], name=op.f("fk_carts_shipping_rate_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_carts_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carts")),
    )
    op.create_index("ix_carts_idle", "carts", ["updated_at"], unique=False, postgresql_where=sa.text("status = 'open'"))
    op.create_index(op.f("ix_carts_shipping_rate_id"), "carts", ["shipping_rate_id"], unique=False)
    op.create_index("ix_carts_user_id", "carts", ["user_id"], unique=False)
    op.create_index(
        "uq_carts_open_of_user", "carts", ["user_id"], unique=True, postgresql_where=sa.text("status = 'open'")
    )
    op.create_table(
        "cart_gift_cards",
        sa.Column("cart_id", sa.Uuid(), nullable=False),
        sa.Column("gift_card_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["cart_id"], ["carts.id"], name=op.f("fk_cart_gift_cards_cart_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["gift_card_id"], ["gift_cards.id"], name=op.f("fk_cart_gift_cards_gift_card_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cart_id", "gift_card_id", name=op.f("pk_cart_gift_cards")),
    )
    op.create_index(op.f("ix_cart_gift_cards_gift_card_id"), "cart_gift_cards", ["gift_card_id"], unique=False)
    op.create_table(
        "cart_lines",
        sa.Column("cart_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("seen_price", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_cart_lines_quantity_positive")),
        sa.ForeignKeyConstraint(["cart_id"], ["carts.id"], name=op.f("fk_cart_lines_cart_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["variant_id"], ["product_variants.id"], name=op.f("fk_cart_lines_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cart_lines")),
        sa.UniqueConstraint("cart_id", "variant_id", name="uq_cart_lines_variant"),
    )
    op.create_index(op.f("ix_cart_lines_variant_id"), "cart_lines", ["variant_id"], unique=False)
    op.create_table(
        "cart_promotions",
        sa.Column("cart_id", sa.Uuid(), nullable=False),
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["cart_id"], ["carts.id"], name=op.f("fk_cart_promotions_cart_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["promotions.id"], name=op.f("fk_cart_promotions_promotion_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cart_id", "promotion_id", name=op.f("pk_cart_promotions")),
    )
    op.create_index(op.f("ix_cart_promotions_promotion_id"), "cart_promotions", ["promotion_id"], unique=False)
    op.create_table(
        "orders",
        sa.Column("order_number", sa.String(length=16), nullable=False),
        sa.Column("cart_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=20), server_default="pending_payment", nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("subtotal", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("tax_amount", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("shipping_amount", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("discount_amount", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("total_amount", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("gift_card_amount", sa.Numeric(precision=14, scale=4), server_default="0", nullable=False),
        sa.Column("shipping_address", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("billing_address", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("shipping_method", sa.String(length=64), nullable=False),
        sa.Column("carrier", sa.String(length=32), nullable=True),
        sa.Column("tracking_number", sa.String(length=64), nullable=True),
        sa.Column("estimated_delivery", sa.DateTime(timezone=True), nullable=True),
        sa.Column("actual_delivery", sa.DateTime(timezone=True), nullable=True),
        sa.Column("current_location", sa.String(length=255), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('pending_payment', 'payment_confirmed', 'processing', 'packed', 'shipped', 'out_for_delivery', 'delivered', 'cancelled', 'refunded')",
            name=op.f("ck_orders_status_known"),
        ),
        sa.CheckConstraint(
            "gift_card_amount BETWEEN 0 AND total_amount", name=op.f("ck_orders_gift_cards_within_total")
        ),
        sa.CheckConstraint(
            "subtotal >= 0 AND tax_amount >= 0 AND shipping_amount >= 0 AND discount_amount >= 0 AND total_amount >= 0",
            name=op.f("ck_orders_sums_not_negative"),
        ),
        sa.CheckConstraint(
            "total_amount = subtotal + tax_amount + shipping_amount - discount_amount",
            name=op.f("ck_orders_sums_add_up"),
        ),
        sa.ForeignKeyConstraint(["cart_id"], ["carts.id"], name=op.f("fk_orders_cart_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_orders_user_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("cart_id", name=op.f("uq_orders_cart_id")),
        sa.UniqueConstraint("order_number", name=op.f("uq_orders_order_number")),
    )
    op.create_index("ix_orders_email", "orders", [sa.literal_column("lower(email)"), "id"], unique=False)
    op.create_index("ix_orders_created_at", "orders", ["created_at"], unique=False)
    op.create_index(
        "ix_orders_number_prefix",
        "orders",
        ["order_number"],
        unique=False,
        postgresql_ops={"order_number": "varchar_pattern_ops"},
    )
    op.create_index("ix_orders_status", "orders", ["status", "id"], unique=False)
    op.create_index(
        "ix_orders_unpaid",
        "orders",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("status = 'pending_payment'"),
    )
    op.create_index("ix_orders_user_id", "orders", ["user_id", "id"], unique=False)
    op.create_table(
        "gift_card_entries",
        sa.Column("gift_card_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("delta", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('issued', 'redeemed', 'given_back', 'refunded', 'correction')",
            name=op.f("ck_gift_card_entries_reason_known"),
        ),
        sa.CheckConstraint("delta <> 0", name=op.f("ck_gift_card_entries_delta_not_zero")),
        sa.ForeignKeyConstraint(["gift_card_id"], ["gift_cards.id"], name=op.f("fk_gift_card_entries_gift_card_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_gift_card_entries_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_card_entries")),
        sa.UniqueConstraint("gift_card_id", "reference", name="uq_gift_card_entries_reference"),
    )
    op.create_index(op.f("ix_gift_card_entries_order_id"), "gift_card_entries", ["order_id"], unique=False)
    op.create_table(
        "order_events",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("from_status", sa.String(length=20), nullable=True),
        sa.Column("to_status", sa.String(length=20), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "source IN ('customer', 'staff', 'payment', 'carrier', 'system')", name=op.f("ck_order_events_source_known")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_events_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_events")),
    )
    op.create_index("ix_order_events_order_id", "order_events", ["order_id", "id"], unique=False)
    op.create_table(
        "order_items",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("net_amount", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("discount_amount", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("tax_amount", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=7, scale=6), nullable=False),
        sa.Column("total_price", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("product_snapshot", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_items_quantity_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_items_order_id")),
        sa.ForeignKeyConstraint(["variant_id"], ["product_variants.id"], name=op.f("fk_order_items_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_items")),
    )
    op.create_index(op.f("ix_order_items_order_id"), "order_items", ["order_id"], unique=False)
    op.create_index(op.f("ix_order_items_variant_id"), "order_items", ["variant_id"], unique=False)
    op.create_table(
        "payment_discrepancies",
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("intent_id", sa.String(length=120), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("expected", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("actual", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('money_without_order', 'order_without_money', 'amount_differs', 'refund_differs')",
            name=op.f("ck_payment_discrepancies_kind_known"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payment_discrepancies_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_discrepancies")),
    )
    op.create_index("ix_payment_discrepancies_order_id", "payment_discrepancies", ["order_id"], unique=False)
    op.create_index(
        "uq_payment_discrepancies_open",
        "payment_discrepancies",
        ["provider", "intent_id", "kind"],
        unique=True,
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "payments",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("intent_id", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=16), server_default="pending", nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("failure", sa.String(length=64), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("provider IN ('stripe', 'gift_card')", name=op.f("ck_payments_provider_known")),
        sa.CheckConstraint(
            "status IN ('pending', 'requires_action', 'succeeded', 'failed', 'cancelled')",
            name=op.f("ck_payments_status_known"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payments_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("provider", "intent_id", "order_id", name="uq_payments_intent"),
    )
    op.create_index(op.f("ix_payments_order_id"), "payments", ["order_id"], unique=False)
    op.create_table(
        "promotion_uses",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.Column("customer", sa.String(length=254), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("given_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_promotion_uses_order_id")),
        sa.ForeignKeyConstraint(["promotion_id"], ["promotions.id"], name=op.f("fk_promotion_uses_promotion_id")),
        sa.PrimaryKeyConstraint("order_id", "promotion_id", name=op.f("pk_promotion_uses")),
    )
    op.create_index("ix_promotion_uses_customer", "promotion_uses", ["promotion_id", "customer"], unique=False)
    op.create_table(
        "tracking_events",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("location", sa.String(length=255), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("carrier_event_id", sa.String(length=120), nullable=True),
        sa.Column("carrier_data", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_tracking_events_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracking_events")),
        sa.UniqueConstraint("order_id", "carrier_event_id", name="uq_tracking_events_carrier_event"),
    )
    op.create_index("ix_tracking_events_order_id", "tracking_events", ["order_id", "occurred_at"], unique=False)
    op.create_table(
        "payment_entries",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('charge', 'refund')", name=op.f("ck_payment_entries_kind_known")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_entries_amount_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payment_entries_order_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_payment_entries_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_entries")),
        sa.UniqueConstraint("payment_id", "reference", name="uq_payment_entries_reference"),
    )
    op.create_index(op.f("ix_payment_entries_order_id"), "payment_entries", ["order_id"], unique=False)
    op.create_table(
        "refunds",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.String(length=16), server_default="requested", nullable=False),
        sa.Column("provider_id", sa.String(length=120), nullable=True),
        sa.Column("failure", sa.String(length=64), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('requested', 'succeeded', 'failed')", name=op.f("ck_refunds_status_known")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refunds_amount_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_refunds_order_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_refunds_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
    )
    op.create_index(op.f("ix_refunds_order_id"), "refunds", ["order_id"], unique=False)
    op.create_index(op.f("ix_refunds_payment_id"), "refunds", ["payment_id"], unique=False)
    op.create_table(
        "refund_items",
        sa.Column("refund_id", sa.Uuid(), nullable=False),
        sa.Column("order_item_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("restocked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_refund_items_quantity_positive")),
        sa.ForeignKeyConstraint(["order_item_id"], ["order_items.id"], name=op.f("fk_refund_items_order_item_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["refunds.id"], name=op.f("fk_refund_items_refund_id")),
        sa.PrimaryKeyConstraint("refund_id", "order_item_id", name=op.f("pk_refund_items")),
    )
    op.create_index(op.f("ix_refund_items_order_item_id"), "refund_items", ["order_item_id"], unique=False)
    for ledger in _LEDGERS:
        op.execute(
            f"""
            CREATE TRIGGER {ledger}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {ledger}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
            """
        )


def downgrade() -> None:
    """Downgrade to the revision before."""
    for table in (
        "refund_items",
        "refunds",
        "payment_entries",
        "tracking_events",
        "promotion_uses",
        "payments",
        "payment_discrepancies",
        "order_items",
        "order_events",
        "gift_card_entries",
        "orders",
        "cart_promotions",
        "cart_lines",
        "cart_gift_cards",
        "carts",
        "shipping_zone_regions",
        "shipping_rates",
        "promotion_products",
        "promotion_categories",
        "webhook_receipts",
        "tax_rates",
        "shipping_zones",
        "promotions",
        "gift_cards",
    ):
        op.drop_table(table)
    op.execute("DROP VIEW sellable_variants")
    op.execute(_VIEW.format(columns=_STOCK_FACTS))
