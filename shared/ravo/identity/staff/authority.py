"""What a caller may hand on: what the token says, as far as the database still says so too."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ravo.identity.permissions import PERMISSIONS
from ravo.identity.staff.errors import BeyondYourOwn, UnknownPermission
from ravo.identity.staff.queries import users as queries
from ravo.platform.errors import Detail
from ravo.platform.tokens import EVERYTHING, Principal


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
