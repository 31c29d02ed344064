"""Recovery codes, kept only as hashes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from ravo.identity.accounts.models import User
from ravo.platform.database import Base
from ravo.platform.models import Identified, timestamp


class RecoveryCode(Identified, Base):
    """Stands in for the second factor, once; kept only as a hash."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime] = timestamp(server_default=func.now())
    used_at: Mapped[datetime | None] = timestamp()
