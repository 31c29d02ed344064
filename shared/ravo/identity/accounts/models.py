"""The accounts of shoppers and staff."""

from datetime import datetime

from sqlalchemy import Index, String, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed, timestamp

# Staff look people up by the beginnings of these.
_LOOKED_UP_BY = ("email", "first_name", "last_name")


class User(Identified, Timed, Base):
    """A shopper or a member of staff.

    Mail addresses are unique whatever their case. A user who signs in through a provider may have no password.
    """

    __tablename__ = "users"
    __table_args__ = (
        Index("uq_users_email", func.lower(text("email")), unique=True, postgresql_where=text("deleted_at IS NULL")),
        Index("ix_users_created_at", "created_at", "id"),
        Index("ix_users_disabled", "created_at", "id", postgresql_where=text("disabled_at IS NOT NULL")),
        *(
            Index(
                f"ix_users_{name}_begins",
                func.lower(text(name)).label("it"),
                postgresql_ops={"it": "text_pattern_ops"},
            )
            for name in _LOOKED_UP_BY
        ),
    )

    email: Mapped[str] = mapped_column(String(254))
    password_hash: Mapped[str | None] = mapped_column(Text)
    first_name: Mapped[str] = mapped_column(String(100), server_default="")
    last_name: Mapped[str] = mapped_column(String(100), server_default="")
    locale: Mapped[str] = mapped_column(String(12), server_default="en")
    # The currency that prices are shown in; empty for the shop's own.
    currency: Mapped[str | None] = mapped_column(String(3))
    email_verified_at: Mapped[datetime | None] = timestamp()
    disabled_at: Mapped[datetime | None] = timestamp()
    # Closed by its owner; it is erased soon after.
    deleted_at: Mapped[datetime | None] = timestamp()
    version: Mapped[int] = mapped_column(server_default="1")
