"""Accounts and sessions: who gets in, how a session goes on, and how it ends."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ravo.identity import bearers, passwords, queries
from ravo.identity.errors import EmailTaken, OwnerExists, SessionEnded, WrongCredentials
from ravo.identity.events import UserRegistered
from ravo.identity.models.access import UserRole
from ravo.identity.models.people import User
from ravo.identity.models.sessions import RefreshToken, UserSession
from ravo.identity.permissions import CUSTOMER, PERMISSIONS, ROLES, SUPER_ADMIN
from ravo.identity.queries import Account
from ravo.identity.schemas import Credentials, ProfileChange, Registration
from ravo.identity.second_factor import checking
from ravo.platform import outbox, revocations, tokens
from ravo.platform.database import after_commit
from ravo.platform.errors import NotFound, Refusal, VersionConflict
from ravo.platform.ids import uuid7
from ravo.platform.observability import count, logger
from ravo.platform.time import now

SESSION_LIFE = timedelta(days=30)
# However often a session goes on, after half a year someone has to prove again who it is.
LONGEST_SESSION = timedelta(days=180)


@dataclass(frozen=True)
class Opened:
    """A session that was opened or goes on: the tokens to hand out, and whose they are."""

    account: Account
    access_token: str
    refresh_token: str


@dataclass(frozen=True)
class Device:
    """Where a session is used: what the browser calls itself, the network address it comes from, and the refresh token that it has."""

    user_agent: str
    network_address: str
    refresh_token: str = ""


def register(session: Session, registration: Registration, device: Device) -> Opened:
    """Open an account and its first session. Refuses with `EmailTaken` or `WeakPassword`."""
    account = _new_account(session, registration, (CUSTOMER,))
    user = account.user
    outbox.record(session, UserRegistered(aggregate_id=user.id, version=user.version, user_id=user.id))
    return open_session(session, account, device)


def create_owner(session: Session, registration: Registration) -> Account:
    """Make the shop's first super admin, without a session; whoever may do so vouches for the mail address.

    Refuses with `OwnerExists`, `EmailTaken` or `WeakPassword`.
    """
    if queries.any_with_role(session, SUPER_ADMIN):
        raise OwnerExists
    owner = _new_account(session, registration, (SUPER_ADMIN,))
    owner.user.email_verified_at = now()
    return owner


def _new_account(session: Session, registration: Registration, roles: Iterable[str]) -> Account:
    passwords.refuse_weak(registration.password, email=registration.email)
    user = User(
        email=registration.email,
        password_hash=passwords.hash_password(registration.password),
        first_name=registration.first_name,
        last_name=registration.last_name,
        locale=registration.locale,
    )
    return open_account(session, user, roles)


def open_account(session: Session, user: User, roles: Iterable[str] = (CUSTOMER,)) -> Account:
    """Open an account for someone, by whatever door they came. Refuses with `EmailTaken`."""
    user.id = uuid7()
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        raise EmailTaken from error
    session.add_all(UserRole(user_id=user.id, role_id=role_id) for role_id in queries.role_ids(session, roles))
    session.flush()
    return _account(session, user.id)


def login(session: Session, credentials: Credentials, device: Device) -> Opened | Refusal:
    """Open a session. Refuses with `WrongCredentials`, in the same time for an unknown mail as for a wrong password.

    What is wrong with the one-time password is returned, for `granted` to raise: the failed try is counted, and committed.
    """
    account = queries.account_by_email(session, credentials.email)
    kept = account.user.password_hash if account else None
    if not passwords.matches(kept, credentials.password) or not account or not kept:
        _refused(account)
        raise WrongCredentials
    if passwords.outdated(kept):
        account.user.password_hash = passwords.hash_password(credentials.password)
    checked = checking.check(session, account.user.id, credentials.one_time_password)
    if isinstance(checked, Refusal):
        _refused(account)
        return checked
    return open_session(session, account, device, second_factor=checked)


def _refused(account: Account | None) -> None:
    logger().info("sign-in refused", userId=str(account.user.id) if account else None)
    count("LoginRefused")


def refresh(session: Session, refresh_token: str, device: Device) -> Opened | None:
    """Go on with a session, using its token up; None when the token can't be used.

    A token that was used before may have been stolen, so its whole session is ended; that is why this returns
    rather than raises: the end has to be committed.
    """
    presented = queries.presented_for_update(session, bearers.hash_of(refresh_token))
    if presented is None or presented.session.ended_at or presented.session.expires_at <= now():
        return None
    token, this = presented
    if token.used_at:
        end_session(session, this)
        logger().warning("refresh token reused, session ended", userId=str(this.user_id))
        count("RefreshTokenReused")
        return None
    account = queries.account_by_id(session, this.user_id)
    if account is None:
        return None
    token.used_at = now()
    _note_use(this, device)
    return _go_on(session, account, this)


def continued(opened: Opened | None) -> Opened:
    """Refuse with `SessionEnded` what `refresh` could not go on with, after its transaction."""
    if opened is None:
        raise SessionEnded
    return opened


def logout(session: Session, refresh_token: str) -> None:
    """End the session of a refresh token; one that is unknown or ended already is no error."""
    presented = queries.presented_for_update(session, bearers.hash_of(refresh_token)) if refresh_token else None
    if presented and not presented.session.ended_at:
        end_session(session, presented.session)


def profile(session: Session, user_id: UUID) -> Account:
    """Return a user's own account. Refuses with `NotFound` when it was closed since the token was made."""
    return _account(session, user_id)


def change_profile(session: Session, user_id: UUID, change: ProfileChange) -> Account:
    """Change a user's own account. Refuses with `VersionConflict` when someone was quicker."""
    values = change.model_dump(exclude={"version"}, exclude_none=True)
    if "currency" in change.model_fields_set:
        # Without one, prices are shown in the shop's own.
        values["currency"] = change.currency
    if not queries.update_profile(session, user_id, change.version, values):
        _account(session, user_id)
        raise VersionConflict
    return _account(session, user_id)


def seed_roles(session: Session) -> None:
    """Make sure that the permissions and the roles that every shop begins with are there."""
    queries.seed(
        session,
        [{"name": name, "description": description} for name, description in PERMISSIONS.items()],
        [{"id": uuid7(), "name": role.name, "description": role.description} for role in ROLES],
        [{"role": role.name, "permission": name} for role in ROLES for name in role.permissions],
    )


def _account(session: Session, user_id: UUID) -> Account:
    account = queries.account_by_id(session, user_id)
    if account is None:
        raise NotFound
    return account


def open_session(session: Session, account: Account, device: Device, *, second_factor: bool = False) -> Opened:
    """Begin a session for someone who proved who it is, with a second factor or without.

    It takes the place of the one that the browser has, whoever that is of: its cookie is about to be replaced, and a
    session that nobody can go on with or end shall not outlive it.
    """
    logout(session, device.refresh_token)
    opened = UserSession(id=uuid7(), user_id=account.user.id, created_at=now(), second_factor=second_factor)
    _note_use(opened, device)
    session.add(opened)
    session.flush()
    logger().info("session opened", userId=str(account.user.id), sessionId=str(opened.id), secondFactor=second_factor)
    return _go_on(session, account, opened)


def _note_use(used: UserSession, device: Device) -> None:
    used.user_agent = device.user_agent
    used.network_address = device.network_address
    used.last_used_at = now()
    used.expires_at = min(now() + SESSION_LIFE, used.created_at + LONGEST_SESSION)


def _go_on(session: Session, account: Account, this: UserSession) -> Opened:
    refresh_token = bearers.new_secret()
    session.add(RefreshToken(session_id=this.id, hash=bearers.hash_of(refresh_token)))
    access_token = tokens.sign(
        account.user.id,
        session_id=this.id,
        roles=account.roles,
        permissions=account.permissions,
        second_factor=this.second_factor,
    )
    return Opened(account, access_token, refresh_token)


def end_session(session: Session, this: UserSession) -> None:
    """End a session: no refresh token of it is good any longer, nor an access token once this is committed."""
    this.ended_at = now()
    user_id, session_id = this.user_id, this.id
    after_commit(session, lambda: revocations.end_session(user_id, session_id))
