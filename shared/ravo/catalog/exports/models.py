"""Exports."""

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed


class Export(Identified, Timed, Base):
    """The catalogue written to a file, once it is `completed`."""

    __tablename__ = "exports"
    __table_args__ = (CheckConstraint("status IN ('queued', 'completed', 'failed')", name="status_known"),)

    status: Mapped[str] = mapped_column(String(16), server_default="queued")
    key: Mapped[str] = mapped_column(Text)
    rows: Mapped[int] = mapped_column(server_default="0")
