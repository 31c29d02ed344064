"""Second factors: which sessions began with one, and how many wrong one-time passwords came in a row."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Upgrade the tables to this revision."""
    op.add_column("sessions", sa.Column("second_factor", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("second_factors", sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("second_factors", sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Downgrade to the revision before."""
    op.drop_column("second_factors", "failed_at")
    op.drop_column("second_factors", "failures")
    op.drop_column("sessions", "second_factor")
