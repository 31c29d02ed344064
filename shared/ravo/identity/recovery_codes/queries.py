"""The SQL of recovery codes."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from ravo.identity.recovery_codes.models import RecoveryCode
from ravo.platform.ids import uuid7
from ravo.platform.time import now


def use_recovery_code(session: Session, user_id: UUID, code_hash: bytes) -> UUID | None:
    """Use a recovery code up, and return its id; None where that can't be done."""
    statement = (
        update(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.hash == code_hash, RecoveryCode.used_at.is_(None))
        .values(used_at=now())
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(statement)


def recovery_codes_left(session: Session, user_id: UUID) -> int:
    """Count a user's recovery codes that were not used."""
    left = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return session.scalar(left) or 0


def remove_recovery_codes(session: Session, user_id: UUID) -> None:
    """Delete a user's recovery codes."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def add_recovery_codes(session: Session, user_id: UUID, hashes: Iterable[bytes]) -> None:
    """Add a user's new recovery codes."""
    session.execute(insert(RecoveryCode), [{"id": uuid7(), "user_id": user_id, "hash": each} for each in hashes])
