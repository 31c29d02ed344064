"""Users as staff manage them: invited, changed, disabled, enabled, and given roles.

Nobody can change a user who may do more than they may.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.access import queries as access_queries
from ravo.identity.access.service import authority_of, tokens_are_stale
from ravo.identity.accounts import queries as account_queries
from ravo.identity.accounts.errors import EmailTaken
from ravo.identity.accounts.models import User
from ravo.identity.events import StaffInvited, UserDisabled, UserEnabled, UserRolesChanged
from ravo.identity.permissions import CUSTOMER, SUPER_ADMIN
from ravo.identity.roles import queries as role_queries
from ravo.identity.roles.errors import UnknownRole
from ravo.identity.roles.queries import Held
from ravo.identity.sessions import service as sessions
from ravo.identity.super_admins.service import ensure_another
from ravo.identity.users import queries
from ravo.identity.users.errors import UserNotFound
from ravo.identity.users.schemas import RolesInput, UserChange, UserInput
from ravo.platform import outbox
from ravo.platform.constraints import raising_for_constraints
from ravo.platform.errors import Detail, Forbidden, VersionConflict
from ravo.platform.ids import uuid7
from ravo.platform.time import now
from ravo.platform.tokens import Principal


def invite(session: Session, given: UserInput, *, by: Principal) -> UUID:
    """Make an account without a password; a mail invites the person to set one.

    Refuses with `EmailTaken` or `UnknownRole`, with `Forbidden` for roles other than a customer's if the caller may not
    give any, and with `BeyondYourOwn` for those that allow more than the caller may.
    """
    roles = _roles(session, given.roles)
    if set(given.roles) - {CUSTOMER} and not by.may("roles:assign"):
        raise Forbidden
    authority_of(session, by).ensure_covers(_allowed_by(roles))
    user = User(id=uuid7(), version=1, **given.model_dump(exclude={"roles"}))
    with raising_for_constraints({"uq_users_email": EmailTaken}):
        session.add(user)
        session.flush()
    queries.set_roles(session, user.id, taken=[], given=[held.role.id for held in roles])
    outbox.record(session, StaffInvited(aggregate_id=user.id, version=1))
    return user.id


def change(session: Session, user_id: UUID, given: UserChange, *, by: Principal) -> None:
    """Change names and language. Refuses with `UserNotFound`, `BeyondYourOwn` or `VersionConflict`."""
    _within_reach(session, user_id, by)
    values = given.model_dump(exclude={"version"}, exclude_none=True)
    if not account_queries.update_profile(session, user_id, given.version, values):
        raise VersionConflict


def disable(session: Session, user_id: UUID, *, by: Principal) -> None:
    """Disable a user and end all their sessions; one who is disabled already stays so.

    Refuses with `UserNotFound`, `BeyondYourOwn` or `LastOwner`.
    """
    user = _within_reach(session, user_id, by)
    if user.disabled_at is not None:
        return
    ensure_another(session, user_id)
    user.disabled_at = now()
    user.version += 1
    session.flush()
    sessions.end(session, user_id)
    tokens_are_stale(session, [user_id])
    outbox.record(session, UserDisabled(aggregate_id=user_id, version=user.version))


def enable(session: Session, user_id: UUID, *, by: Principal) -> None:
    """Enable a user again; one who is not disabled stays so. Refuses with `UserNotFound` or `BeyondYourOwn`."""
    user = _within_reach(session, user_id, by)
    if user.disabled_at is None:
        return
    user.disabled_at = None
    user.version += 1
    session.flush()
    outbox.record(session, UserEnabled(aggregate_id=user_id, version=user.version))


def set_roles(session: Session, user_id: UUID, given: RolesInput, *, by: Principal) -> None:
    """Give a user these roles and no others.

    Refuses with `UserNotFound`, `UnknownRole`, `VersionConflict`, `LastOwner`, and with `BeyondYourOwn` both for roles
    that allow more than the caller may do, and for a user who may do more.
    """
    user = _within_reach(session, user_id, by)
    if user.version != given.version:
        raise VersionConflict
    wanted = _roles(session, given.roles)
    authority_of(session, by).ensure_covers(_allowed_by(wanted))
    before = {held.role.name: held.role.id for held in _roles_of(session, user_id)}
    after = {held.role.name: held.role.id for held in wanted}
    if before == after:
        return
    if SUPER_ADMIN in before and SUPER_ADMIN not in after:
        ensure_another(session, user_id)
    taken, added = before.keys() - after.keys(), after.keys() - before.keys()
    with raising_for_constraints({"fk_user_roles_role_id": UnknownRole}):
        queries.set_roles(session, user_id, taken=[before[n] for n in taken], given=[after[n] for n in added])
    user.version += 1
    session.flush()
    tokens_are_stale(session, [user_id])
    outbox.record(session, UserRolesChanged(aggregate_id=user_id, version=user.version, roles=sorted(after)))


def _within_reach(session: Session, user_id: UUID, by: Principal) -> User:
    """Lock a user whom the caller may change: one who may do no more than the caller."""
    user = queries.user_for_update(session, user_id)
    if user is None:
        raise UserNotFound
    authority_of(session, by).ensure_covers(access_queries.permissions_of(session, user_id))
    return user


def _roles(session: Session, names: Sequence[str]) -> list[Held]:
    found = role_queries.roles_by_name(session, names)
    unknown = sorted(set(names) - {held.role.name for held in found})
    if unknown:
        raise UnknownRole(details=[Detail("roles", f"there is no {name}") for name in unknown])
    return found


def _roles_of(session: Session, user_id: UUID) -> list[Held]:
    return role_queries.roles_by_name(session, queries.roles_of(session, [user_id]).get(user_id, []))


def _allowed_by(roles: Iterable[Held]) -> set[str]:
    return {permission for held in roles for permission in held.permissions}
