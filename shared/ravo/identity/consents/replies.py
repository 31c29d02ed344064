"""Consents as the people who gave them see them."""

from collections.abc import Sequence
from typing import get_args
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.consents import queries
from ravo.identity.consents.models import Consent
from ravo.identity.consents.schemas import ConsentEntry, ConsentPurpose, ConsentReply
from ravo.platform.paging import Page, Paging
from ravo.platform.tokens import Principal

PURPOSES: tuple[ConsentPurpose, ...] = get_args(ConsentPurpose.__value__)


def own_consents(session: Session, user_id: UUID) -> list[ConsentReply]:
    """Return what counts for every purpose."""
    return consents_of(queries.current(session, user_id))


def consents_of(rows: Sequence[Consent]) -> list[ConsentReply]:
    """Return what counts for every purpose, given the latest choices of a user."""
    said = {row.purpose: row for row in rows}
    return [_consent(purpose, said.get(purpose)) for purpose in PURPOSES]


def own_history(session: Session, paging: Paging, *, by: Principal) -> tuple[list[ConsentEntry], Page]:
    """Return one page of all choices that the caller ever made."""
    rows, total = queries.page_of_history(session, by.id, limit=paging.limit, offset=paging.offset)
    return [ConsentEntry.model_validate(row) for row in rows], Page.of(paging, total)


def _consent(purpose: ConsentPurpose, row: Consent | None) -> ConsentReply:
    if row is None:
        return ConsentReply(purpose=purpose, granted=False, since=None, policy_version=None)
    return ConsentReply(purpose=purpose, granted=row.granted, since=row.given_at, policy_version=row.policy_version)
