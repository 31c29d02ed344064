"""The addresses that people keep."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ravo.identity.accounts.models import User
from ravo.platform.database import Base
from ravo.platform.models import Identified, Timed


class Address(Identified, Timed, Base):
    """An address that a user keeps; at most one is the default for shipping, and one for billing."""

    __tablename__ = "addresses"
    __table_args__ = (
        Index("uq_addresses_shipping", "user_id", unique=True, postgresql_where=text("is_default_shipping")),
        Index("uq_addresses_billing", "user_id", unique=True, postgresql_where=text("is_default_billing")),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(60), server_default="")
    # The fields of `ravo.platform.addresses`, by their names there, as carts and orders keep theirs.
    address: Mapped[dict[str, Any]] = mapped_column(JSONB)
    is_default_shipping: Mapped[bool] = mapped_column(server_default=text("false"))
    is_default_billing: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default="1")
