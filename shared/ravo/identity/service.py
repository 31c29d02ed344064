"""Accounts and sessions: who gets in, how a session goes on, and how it ends."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ravo.identity import passwords, queries
from ravo.identity.errors import EmailTaken, OwnerExists, SessionEnded, WrongCredentials
from ravo.identity.models import RefreshToken, User, UserRole
from ravo.identity.permissions import CUSTOMER, PERMISSIONS, ROLES, SUPER_ADMIN
from ravo.identity.queries import Account
from ravo.identity.schemas import Credentials, ProfileChange, Registration
from ravo.platform import revocations, tokens
from ravo.platform.database import after_commit
from ravo.platform.errors import NotFound, VersionConflict
from ravo.platform.ids import uuid7
from ravo.platform.observability import count, logger
from ravo.platform.time import now

SESSION_LIFE = timedelta(days=30)


@dataclass(frozen=True)
class Opened:
    """A session that was opened or goes on: the tokens to hand out, and whose they are."""

    account: Account
    access_token: str
    refresh_token: str


def register(session: Session, registration: Registration) -> Opened:
    """Open an account and its first session. Refuses with `EmailTaken`."""
    return _open(session, _new_account(session, registration, (CUSTOMER,)), family=uuid7())


def create_owner(session: Session, registration: Registration) -> Account:
    """Make the shop's first super admin, without a session. Refuses with `OwnerExists` or `EmailTaken`."""
    if queries.any_with_role(session, SUPER_ADMIN):
        raise OwnerExists
    return _new_account(session, registration, (SUPER_ADMIN,))


def _new_account(session: Session, registration: Registration, roles: Iterable[str]) -> Account:
    user = User(
        id=uuid7(),
        email=registration.email,
        password_hash=passwords.hash_password(registration.password),
        first_name=registration.first_name,
        last_name=registration.last_name,
        locale=registration.locale,
    )
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        raise EmailTaken from error
    session.add_all(UserRole(user_id=user.id, role_id=role_id) for role_id in queries.role_ids(session, roles))
    session.flush()
    return _account(session, user.id)


def login(session: Session, credentials: Credentials) -> Opened:
    """Open a session. Refuses with `WrongCredentials`, in the same time for an unknown mail as for a wrong password."""
    account = queries.account_by_email(session, credentials.email)
    if not passwords.matches(account.user.password_hash if account else None, credentials.password) or not account:
        count("LoginRefused")
        raise WrongCredentials
    if passwords.outdated(account.user.password_hash):
        account.user.password_hash = passwords.hash_password(credentials.password)
    return _open(session, account, family=uuid7())


def refresh(session: Session, refresh_token: str) -> Opened | None:
    """Go on with a session, using its token up; None when the token can't be used.

    A token that was used before may have been stolen, so its whole family is revoked; that is why this returns
    rather than raises: the revocation has to be committed.
    """
    token = queries.refresh_token_for_update(session, _hash(refresh_token))
    if token is None or token.revoked_at or token.expires_at <= now():
        return None
    if token.used_at:
        _end(session, token)
        logger().warning("refresh token reused, session revoked", userId=str(token.user_id))
        count("RefreshTokenReused")
        return None
    account = queries.account_by_id(session, token.user_id)
    if account is None:
        return None
    token.used_at = now()
    return _open(session, account, family=token.family)


def continued(opened: Opened | None) -> Opened:
    """Refuse with `SessionEnded` what `refresh` could not go on with, after its transaction."""
    if opened is None:
        raise SessionEnded
    return opened


def logout(session: Session, refresh_token: str | None) -> None:
    """End the session of a refresh token; one that is unknown or ended already is no error."""
    token = queries.refresh_token_for_update(session, _hash(refresh_token)) if refresh_token else None
    if token:
        _end(session, token)


def profile(session: Session, user_id: UUID) -> Account:
    """Return a user's own account. Refuses with `NotFound` when it was closed since the token was made."""
    return _account(session, user_id)


def change_profile(session: Session, user_id: UUID, change: ProfileChange) -> Account:
    """Change a user's own account. Refuses with `VersionConflict` when someone was quicker."""
    values = change.model_dump(exclude={"version"}, exclude_none=True)
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


def _open(session: Session, account: Account, *, family: UUID) -> Opened:
    refresh_token = secrets.token_urlsafe(32)
    session.add(
        RefreshToken(user_id=account.user.id, family=family, hash=_hash(refresh_token), expires_at=now() + SESSION_LIFE)
    )
    access_token = tokens.sign(account.user.id, session_id=family, roles=account.roles, permissions=account.permissions)
    return Opened(account, access_token, refresh_token)


def _end(session: Session, token: RefreshToken) -> None:
    """End the session that a token belongs to: no refresh token of it is good any longer, nor an access token once this is committed."""
    queries.revoke_family(session, token.family, now())
    user_id, family = token.user_id, token.family
    after_commit(session, lambda: revocations.end_session(user_id, family))


def _hash(refresh_token: str) -> bytes:
    return hashlib.sha256(refresh_token.encode()).digest()
