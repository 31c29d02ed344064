"""What callers may do and hand on, and when their access tokens no longer say so."""

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
    """The permissions within which a caller gives, takes and changes."""

    permissions: frozenset[str]

    def ensure_covers(self, permissions: Iterable[str]) -> None:
        """Refuse with `BeyondYourOwn` if one of these is not the caller's; everything is only within everything."""
        if EVERYTHING not in self.permissions and not self.permissions.issuperset(permissions):
            raise BeyondYourOwn


def authority_of(session: Session, caller: Principal) -> Authority:
    """Return the authority of a caller now: none of an account that is disabled or closed, or a key that has ended.

    A token says for up to a quarter of an hour what was true before. That would be long enough for someone whose roles
    were taken to give them back to oneself.
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
    """Refuse with `UnknownPermission` what no function asks for."""
    unknown = sorted(set(permissions) - set(PERMISSIONS))
    if unknown:
        raise UnknownPermission(details=[Detail("permissions", f"there is no {name}") for name in unknown])


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
