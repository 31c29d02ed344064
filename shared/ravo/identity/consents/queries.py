"""The SQL of consents: rows are only ever added, and the latest of a purpose counts."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from ravo.identity.consents.models import Consent
from ravo.platform.ids import uuid7

# A choice that already counts is not written again; agreeing to another text is a new choice.
_ADD = text(
    """
    INSERT INTO consents (id, user_id, purpose, granted, policy_version, source)
    SELECT new.id, :user_id, new.purpose, new.granted, CAST(:policy_version AS varchar), :source
    FROM unnest(CAST(:ids AS uuid[]), CAST(:purposes AS text[]), CAST(:granted AS boolean[]))
        AS new (id, purpose, granted)
    LEFT JOIN LATERAL (
        SELECT granted, policy_version FROM consents
        WHERE user_id = :user_id AND purpose = new.purpose ORDER BY given_at DESC LIMIT 1
    ) AS last ON true
    WHERE last.granted IS DISTINCT FROM new.granted
        OR new.granted AND last.policy_version <> CAST(:policy_version AS varchar)
    """
)


def current(session: Session, user_id: UUID) -> Sequence[Consent]:
    """Return what counts now: the latest row of each purpose that the user ever chose for."""
    latest = select(Consent).ext(distinct_on(Consent.purpose)).where(Consent.user_id == user_id)
    return session.scalars(latest.order_by(Consent.purpose, Consent.given_at.desc())).all()


def page_of_history(session: Session, user_id: UUID, *, limit: int, offset: int) -> tuple[Sequence[Consent], int]:
    """Return one page of all choices that a user ever made, the latest first, and how many there are."""
    mine = Consent.user_id == user_id
    page = select(Consent).where(mine).order_by(Consent.given_at.desc(), Consent.id.desc()).limit(limit).offset(offset)
    return session.scalars(page).all(), session.scalar(select(func.count()).where(mine)) or 0


def add(
    session: Session, user_id: UUID, given: Sequence[tuple[str, bool]], *, policy_version: str, source: str
) -> None:
    """Write the choices that differ from what counts now."""
    values = {"user_id": user_id, "policy_version": policy_version, "source": source}
    lists = {
        "ids": [uuid7() for _ in given],
        "purposes": [each for each, _ in given],
        "granted": [yes for _, yes in given],
    }
    session.execute(_ADD, values | lists)
