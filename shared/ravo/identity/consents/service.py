"""Consents: given once, taken back as easily, and never forgotten."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.accounts import queries as account_queries
from ravo.identity.consents import queries
from ravo.identity.consents.models import Consent
from ravo.identity.consents.schemas import ConsentChange
from ravo.platform.errors import NotFound

FROM_ACCOUNT = "account"


def record(session: Session, user_id: UUID, given: ConsentChange) -> Sequence[Consent]:
    """Give or take back consents; one that already counts is not written again. Returns what counts then.

    A first no is written down too, so that the question is not put again. Refuses with `NotFound` for a closed account.
    """
    if account_queries.person_for_update(session, user_id) is None:
        raise NotFound
    queries.add(
        session, user_id, list(given.purposes.items()), policy_version=given.policy_version, source=FROM_ACCOUNT
    )
    return queries.current(session, user_id)
