"""The secrets that one-time passwords are made from."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from ravo.identity.accounts.models import User
from ravo.platform.database import Base
from ravo.platform.models import Timed, timestamp


class SecondFactor(Timed, Base):
    """The sealed secret of a user's one-time passwords (TOTP); it counts once it was confirmed."""

    __tablename__ = "second_factors"

    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    confirmed_at: Mapped[datetime | None] = timestamp()
    # The time step of the last password that was accepted, so that none is accepted twice.
    last_step: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    # Wrong passwords since the last right one, and when the last of them came: each makes the next wait.
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    failed_at: Mapped[datetime | None] = timestamp()
