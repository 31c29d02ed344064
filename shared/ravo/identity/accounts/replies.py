"""Rows made into what people are told about their accounts."""

from collections.abc import Sequence
from typing import get_args
from uuid import UUID

from fastapi.responses import Response
from sqlalchemy.orm import Session

from ravo.identity.accounts import mailed
from ravo.identity.accounts.queries import addresses, consents, sessions
from ravo.identity.accounts.schemas import (
    ConsentEntry,
    ConsentPurpose,
    ConsentReply,
    KeptAddress,
    LinkMailed,
    SessionReply,
)
from ravo.identity.models.people import Address, Consent
from ravo.identity.models.sessions import UserSession
from ravo.platform.addresses import AddressReply
from ravo.platform.http import fragment_of, listing, prepared
from ravo.platform.paging import Page, Paging
from ravo.platform.tokens import Principal

PURPOSES: tuple[ConsentPurpose, ...] = get_args(ConsentPurpose.__value__)


def link_mailed(email: str, purpose: str) -> Response:
    """Answer 202: if a link has to be mailed, a job does it."""
    said = LinkMailed(email=email, valid_for=int(mailed.LIVES[purpose].total_seconds()))
    return prepared(fragment_of(said), status=202)


def own_sessions(session: Session, paging: Paging, *, by: Principal) -> Response:
    """Answer with one page of the caller's open sessions."""
    rows, total = sessions.page_of_user(session, by.id, limit=paging.limit, offset=paging.offset)
    return listing([_session(row, current=by.session_id) for row in rows], Page.of(paging, total))


def own_addresses(session: Session, user_id: UUID) -> list[KeptAddress]:
    """Return a user's addresses, the newest first."""
    return [address_of(row) for row in addresses.addresses_of(session, user_id)]


def address_of(row: Address) -> KeptAddress:
    """Return a kept address."""
    return KeptAddress(
        id=row.id,
        label=row.label,
        address=AddressReply.model_validate(row.address),
        is_default_shipping=row.is_default_shipping,
        is_default_billing=row.is_default_billing,
        created_at=row.created_at,
        version=row.version,
    )


def own_consents(session: Session, user_id: UUID) -> list[ConsentReply]:
    """Return what counts for each purpose there is."""
    return consents_of(consents.current(session, user_id))


def consents_of(rows: Sequence[Consent]) -> list[ConsentReply]:
    """Return what counts for each purpose, of the latest that a user said."""
    said = {row.purpose: row for row in rows}
    return [_consent(purpose, said.get(purpose)) for purpose in PURPOSES]


def own_history(session: Session, paging: Paging, *, by: Principal) -> Response:
    """Answer with one page of all that the caller ever said about purposes."""
    rows, total = consents.page_of_history(session, by.id, limit=paging.limit, offset=paging.offset)
    return listing([ConsentEntry.model_validate(row) for row in rows], Page.of(paging, total))


def _session(row: UserSession, *, current: UUID) -> SessionReply:
    return SessionReply(
        id=row.id,
        user_agent=row.user_agent,
        network_address=row.network_address,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        is_current=row.id == current,
    )


def _consent(purpose: ConsentPurpose, row: Consent | None) -> ConsentReply:
    if row is None:
        return ConsentReply(purpose=purpose, granted=False, since=None, policy_version=None)
    return ConsentReply(purpose=purpose, granted=row.granted, since=row.given_at, policy_version=row.policy_version)
