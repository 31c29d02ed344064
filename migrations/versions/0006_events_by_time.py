"""An index of events by time, for the list of events."""

from collections.abc import Sequence

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade the tables to this revision."""
    op.create_index("ix_outbox_events_occurred_at", "outbox_events", ["occurred_at", "id"])


def downgrade() -> None:
    """Downgrade to the revision before."""
    op.drop_index("ix_outbox_events_occurred_at", "outbox_events")
