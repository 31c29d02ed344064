"""Access tokens that say what is true no more."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.platform import revocations
from ravo.platform.database import after_commit
from ravo.platform.observability import count
from ravo.platform.time import now


def tokens_are_stale(session: Session, subjects: Iterable[UUID]) -> None:
    """Once the transaction has committed, tell that the access tokens of these users or keys say what is true no more.

    Their sessions go on: the next refresh makes a token that is true.
    """
    told = list(subjects)
    after_commit(session, lambda: _tell(told))


def _tell(subjects: list[UUID]) -> None:
    for subject in subjects:
        revocations.end_tokens(subject, before=now())
    count("TokensStale", len(subjects))
