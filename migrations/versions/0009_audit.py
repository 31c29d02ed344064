"""The audit log: written by the database itself, whatever code changes a row, and changed by nobody."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# RFC 9562, version 7: 48 bits of milliseconds, then what gen_random_uuid has anyway, its version raised from 4 to 7.
_UUID7 = """
CREATE FUNCTION uuid7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT encode(set_bit(set_bit(
        overlay(uuid_send(gen_random_uuid())
            PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
            FROM 1 FOR 6),
        52, 1), 53, 1), 'hex')::uuid
$$
"""
_MASKED = """
CREATE FUNCTION audit_masked(image jsonb, names text, mask text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT image || coalesce(jsonb_object_agg(name, to_jsonb(mask)), '{}')
    FROM unnest(string_to_array(names, ',')) AS name
    WHERE jsonb_typeof(image -> name) <> 'null'
$$
"""
# Personal and secret columns are named without their values: erased people must not live on in a log that nobody can
# change.
_WRITE = """
CREATE FUNCTION write_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    actor jsonb := current_setting('ravo.actor')::jsonb;
    before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    entity_id text := coalesce(coalesce(after, before) ->> TG_ARGV[0], '');
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(key, old_column.value), jsonb_object_agg(key, new_column.value) INTO before, after
        FROM jsonb_each(before) AS old_column JOIN jsonb_each(after) AS new_column USING (key)
        WHERE old_column.value <> new_column.value AND key <> 'updated_at';
        IF before IS NULL THEN
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO audit_log (actor_id, actor_kind, action, entity, entity_id, change, before, after,
        network_address, user_agent, request_id)
    VALUES ((actor ->> 'id')::uuid, actor ->> 'kind', actor ->> 'action', TG_TABLE_NAME, entity_id, lower(TG_OP),
        audit_masked(audit_masked(before, TG_ARGV[1], '(personal)'), TG_ARGV[2], '(secret)'),
        audit_masked(audit_masked(after, TG_ARGV[1], '(personal)'), TG_ARGV[2], '(secret)'),
        actor ->> 'networkAddress', actor ->> 'userAgent', actor ->> 'requestId');
    RETURN NULL;
END $$
"""
_KEEP = """
CREATE FUNCTION keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.occurred_at < now() - interval '1 year' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit log is kept for a year, and none of it is changed';
END $$
"""
# Every table that staff change: the column that identifies the subject of a row, its personal columns, its secret ones.
# In other tables only the database writes for staff, or the rows are not about a thing of the shop.
_AUDITED: dict[str, tuple[str, str, str]] = {
    "addresses": ("user_id", "address,label", ""),
    "api_key_permissions": ("api_key_id", "", ""),
    "api_keys": ("id", "", "hash"),
    "categories": ("id", "", ""),
    "collection_products": ("collection_id", "", ""),
    "collections": ("id", "", ""),
    "consents": ("user_id", "", ""),
    "exports": ("id", "", ""),
    "gift_card_entries": ("gift_card_id", "", ""),
    "gift_cards": ("id", "", "code_hash"),
    "imports": ("id", "", ""),
    "locations": ("id", "", ""),
    "oauth_accounts": ("user_id", "subject,email", ""),
    "order_events": ("order_id", "note,details", ""),
    "order_items": ("order_id", "", ""),
    "orders": ("id", "email,shipping_address,billing_address,tracking_number,current_location", ""),
    "payment_discrepancies": ("id", "", ""),
    "payment_entries": ("order_id", "", ""),
    "payments": ("order_id", "", ""),
    "privacy_requests": ("id", "email", "token_hash"),
    "product_categories": ("product_id", "", ""),
    "product_tags": ("product_id", "", ""),
    "product_translations": ("product_id", "", ""),
    "product_variants": ("id", "", ""),
    "products": ("id", "", ""),
    "promotion_categories": ("promotion_id", "", ""),
    "promotion_products": ("promotion_id", "", ""),
    "promotions": ("id", "", ""),
    "refund_items": ("refund_id", "", ""),
    "refunds": ("order_id", "reason", ""),
    "role_permissions": ("role_id", "", ""),
    "roles": ("id", "", ""),
    "second_factors": ("user_id", "", "secret"),
    "shipping_rates": ("id", "", ""),
    "shipping_zone_regions": ("zone_id", "", ""),
    "shipping_zones": ("id", "", ""),
    "stock_alerts": ("id", "", ""),
    "stock_levels": ("variant_id", "", ""),
    "stock_movements": ("variant_id", "", ""),
    "tags": ("id", "", ""),
    "tax_rates": ("id", "", ""),
    "uploads": ("id", "", ""),
    "user_roles": ("user_id", "", ""),
    "users": ("id", "email,first_name,last_name", "password_hash"),
}


def upgrade() -> None:
    """Upgrade the tables to this revision."""
    op.execute(_UUID7)
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuid7()"), nullable=False),
        sa.Column(
            "occurred_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("actor_kind", sa.String(length=8), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("entity", sa.String(length=64), nullable=False),
        sa.Column("entity_id", sa.String(length=80), nullable=False),
        sa.Column("change", sa.String(length=8), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.Column("after", postgresql.JSONB(), nullable=True),
        sa.Column("network_address", sa.String(length=45), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index("ix_audit_log_action", "audit_log", ["action", "id"])
    op.create_index("ix_audit_log_actor_id", "audit_log", ["actor_id", "id"])
    op.create_index("ix_audit_log_entity", "audit_log", ["entity", "entity_id", "id"])
    op.create_index("ix_audit_log_occurred_at", "audit_log", ["occurred_at"])
    op.execute(_MASKED)
    op.execute(_WRITE)
    op.execute(_KEEP)
    op.execute(
        "CREATE TRIGGER audit_log_kept BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION keep_audit()"
    )
    op.execute(
        "CREATE TRIGGER audit_log_whole BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION keep_audit()"
    )
    for table, (key, personal, secret) in _AUDITED.items():
        op.execute(
            f"CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW"
            " WHEN (current_setting('ravo.actor', true) <> '')"
            f" EXECUTE FUNCTION write_audit('{key}', '{personal}', '{secret}')"
        )


def downgrade() -> None:
    """Downgrade to the revision before, and lose the whole log."""
    for table in _AUDITED:
        op.execute(f"DROP TRIGGER audited ON {table}")
    op.drop_table("audit_log")
    for function in ("keep_audit()", "write_audit()", "audit_masked(jsonb, text, text)", "uuid7()"):
        op.execute(f"DROP FUNCTION {function}")
