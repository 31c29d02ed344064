"""Uploads."""

from sqlalchemy import BigInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed


class Upload(Identified, Timed, Base):
    """A file that staff may send straight to S3; `received` once S3 reports that it is there."""

    __tablename__ = "uploads"

    filename: Mapped[str] = mapped_column(String(255))
    key: Mapped[str] = mapped_column(Text, unique=True)
    size: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[bool] = mapped_column(server_default=text("false"))
