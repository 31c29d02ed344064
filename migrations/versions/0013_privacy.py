"""Privacy: requests of people without an account, orders that are erased when they end, and indexes for retention."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# An order's history is a ledger, except for its texts, which may name people.
_WORDS_MAY_GO = """
CREATE FUNCTION refuse_change_of_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) = to_jsonb(OLD) || '{"note": "", "details": {}}' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is a ledger: nothing in it is changed or deleted, only its words may be erased', TG_TABLE_NAME;
END $$
"""


def upgrade() -> None:
    """Upgrade the tables to this revision."""
    op.alter_column("privacy_requests", "user_id", nullable=True)
    op.add_column("privacy_requests", sa.Column("email", sa.String(length=254), nullable=True))
    op.add_column("privacy_requests", sa.Column("locale", sa.String(length=12), server_default="en", nullable=False))
    op.create_check_constraint(
        "someone", "privacy_requests", "user_id IS NOT NULL OR email IS NOT NULL OR status <> 'requested'"
    )
    op.add_column(
        "orders", sa.Column("erase_when_ended", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_index("ix_orders_erase_when_ended", "orders", ["id"], postgresql_where=sa.text("erase_when_ended"))
    op.create_index("ix_carts_email", "carts", [sa.text("lower(email)")], postgresql_where=sa.text("email IS NOT NULL"))
    op.create_index("ix_carts_merged", "carts", ["updated_at"], postgresql_where=sa.text("status = 'merged'"))
    op.create_index("ix_mails_recipient", "mails", [sa.text("lower(recipient)")])
    op.create_index("ix_mails_created_at", "mails", ["created_at"])
    op.execute(_WORDS_MAY_GO)
    op.execute("DROP TRIGGER order_events_append_only ON order_events")
    op.execute(
        "CREATE TRIGGER order_events_append_only BEFORE DELETE OR TRUNCATE ON order_events"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER order_events_facts_stay BEFORE UPDATE ON order_events"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_facts()"
    )


def downgrade() -> None:
    """Downgrade to the revision before; requests of people without an account are lost."""
    op.execute("DROP TRIGGER order_events_facts_stay ON order_events")
    op.execute("DROP TRIGGER order_events_append_only ON order_events")
    op.execute(
        "CREATE TRIGGER order_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON order_events"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute("DROP FUNCTION refuse_change_of_facts()")
    op.drop_index("ix_mails_created_at", "mails")
    op.drop_index("ix_mails_recipient", "mails")
    op.drop_index("ix_carts_merged", "carts")
    op.drop_index("ix_carts_email", "carts")
    op.drop_index("ix_orders_erase_when_ended", "orders")
    op.drop_column("orders", "erase_when_ended")
    op.drop_constraint(op.f("ck_privacy_requests_someone"), "privacy_requests", type_="check")
    op.drop_column("privacy_requests", "locale")
    op.drop_column("privacy_requests", "email")
    op.execute("DELETE FROM privacy_requests WHERE user_id IS NULL")
    op.alter_column("privacy_requests", "user_id", nullable=False)
