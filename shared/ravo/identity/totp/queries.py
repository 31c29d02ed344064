"""The SQL of one-time passwords."""

from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from ravo.identity.totp.models import SecondFactor
from ravo.platform.time import now


def is_on(session: Session, user_id: UUID) -> bool:
    """Whether a user has a confirmed second factor."""
    found = select(SecondFactor.user_id).where(SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None))
    return session.scalar(found) is not None


def factor(session: Session, user_id: UUID) -> SecondFactor | None:
    """Return a user's second factor, confirmed or not."""
    return session.scalar(select(SecondFactor).where(SecondFactor.user_id == user_id))


def factor_for_update(session: Session, user_id: UUID) -> SecondFactor | None:
    """Return a user's second factor, locked, so that tries at it come one after the other."""
    return session.scalar(select(SecondFactor).where(SecondFactor.user_id == user_id).with_for_update())


def keep_unconfirmed(session: Session, user_id: UUID, secret: bytes) -> bool:
    """Keep a new secret in the place of one that was never confirmed.

    Returns whether it did: a confirmed one stays.
    """
    kept = upsert(SecondFactor).values(user_id=user_id, secret=secret)
    statement = kept.on_conflict_do_update(
        index_elements=[SecondFactor.user_id],
        set_={"secret": kept.excluded.secret, "updated_at": func.now()},
        where=SecondFactor.confirmed_at.is_(None),
    ).returning(SecondFactor.user_id)
    return session.scalar(statement) is not None


def use_step(session: Session, user_id: UUID, step: int) -> bool:
    """Accept a one-time password by its time step.

    Returns whether it did: once one was accepted, neither it nor an earlier one is.
    """
    statement = (
        update(SecondFactor)
        .where(SecondFactor.user_id == user_id, SecondFactor.last_step < step)
        .values(last_step=step, failures=0, failed_at=None, updated_at=func.now())
        .returning(SecondFactor.user_id)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(statement) is not None


def note_failure(session: Session, user_id: UUID) -> None:
    """Count a wrong one-time password."""
    session.execute(
        update(SecondFactor)
        .where(SecondFactor.user_id == user_id)
        .values(failures=SecondFactor.failures + 1, failed_at=now())
        .execution_options(synchronize_session=False)
    )


def remove_factor(session: Session, user_id: UUID) -> None:
    """Delete a second factor."""
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
