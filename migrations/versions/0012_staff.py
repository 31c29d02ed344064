"""Indexes with which staff search people, and the audit log by its subjects."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_LOOKED_UP_BY = ("email", "first_name", "last_name")


def upgrade() -> None:
    """Upgrade the tables to this revision."""
    for name in _LOOKED_UP_BY:
        op.create_index(f"ix_users_{name}_begins", "users", [sa.text(f"lower({name}) text_pattern_ops")])
    op.create_index(
        "ix_users_disabled", "users", ["created_at", "id"], postgresql_where=sa.text("disabled_at IS NOT NULL")
    )
    op.create_index("ix_audit_log_entity_id", "audit_log", ["entity_id", "id"])


def downgrade() -> None:
    """Downgrade to the revision before."""
    op.drop_index("ix_audit_log_entity_id", "audit_log")
    op.drop_index("ix_users_disabled", "users")
    for name in _LOOKED_UP_BY:
        op.drop_index(f"ix_users_{name}_begins", "users")
