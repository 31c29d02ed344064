"""What callers may do and grant, and when their access tokens are out of date."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.access import queries
from ravo.identity.access.errors import BeyondYourOwn, UnknownPermission
from ravo.identity.access.queries import Account
from ravo.identity.permissions import PERMISSIONS
from ravo.platform import revocations
from ravo.platform.database import after_commit
from ravo.platform.errors import Detail, NotFound
from ravo.platform.observability import count
from ravo.platform.time import now
from ravo.platform.tokens import EVERYTHING, Principal


def account_of(session: Session, user_id: UUID) -> Account:
    account = queries.account_by_id(session, user_id)
    if account is None:
        raise NotFound
    return account


@dataclass(frozen=True)
class Authority:
    """The permissions within which a caller may grant, revoke and change."""

    permissions: frozenset[str]

    def ensure_covers(self, permissions: Iterable[str]) -> None:
        """Refuse with `BeyondYourOwn` if the caller lacks one of these; only a caller with all of them covers all."""
        if EVERYTHING not in self.permissions and not self.permissions.issuperset(permissions):
            raise BeyondYourOwn


def authority_of(session: Session, caller: Principal) -> Authority:
    """Return a caller's authority now: none for an account that is disabled or closed, or a key that has ended.

    For up to a quarter of an hour, a token says what was true before. That would be long enough for people who lost a
    role to give it back to themselves.
    """
    kept = (
        queries.permissions_of_active(session, caller.id)
        if caller.kind == "user"
        else queries.permissions_of_living_key(session, caller.id)
    )
    if EVERYTHING in kept:
        return Authority(caller.permissions)
    return Authority(kept if EVERYTHING in caller.permissions else kept & caller.permissions)


def ensure_known(permissions: Iterable[str]) -> None:
    """Refuse with `UnknownPermission` what no function requires."""
    unknown = sorted(set(permissions) - set(PERMISSIONS))
    if unknown:
        raise UnknownPermission(details=[Detail("permissions", f"there is no {name}") for name in unknown])


def tokens_are_stale(session: Session, subjects: Iterable[UUID]) -> None:
    """Once the transaction has committed, mark the access tokens of these users or keys as out of date.

    Their sessions go on: the next refresh makes a token that is up to date.
    """
    told = list(subjects)
    after_commit(session, lambda: _tell(told))


def _tell(subjects: list[UUID]) -> None:
    for subject in subjects:
        revocations.end_tokens(subject, before=now())
    count("TokensStale", len(subjects))
