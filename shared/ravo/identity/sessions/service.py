"""Sessions: how someone signs in, how a session goes on, and how it ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity import opaque_tokens, sealed_cookies
from ravo.identity.access import queries as access_queries
from ravo.identity.access.queries import Account
from ravo.identity.passwords import service as passwords
from ravo.identity.sealed_cookies import SealedCookie
from ravo.identity.sessions import queries
from ravo.identity.sessions.errors import ChallengeEnded, SessionEnded, WrongCredentials
from ravo.identity.sessions.models import RefreshToken, UserSession
from ravo.identity.sessions.schemas import Credentials
from ravo.identity.totp import service as totp
from ravo.platform import revocations, tokens
from ravo.platform.database import after_commit
from ravo.platform.errors import NotFound, Refusal
from ravo.platform.ids import uuid7
from ravo.platform.observability import count, logger
from ravo.platform.time import now
from ravo.platform.tokens import Principal

SESSION_LIFE = timedelta(days=30)
# However often a session is refreshed, after half a year its user has to sign in again.
LONGEST_SESSION = timedelta(days=180)


@dataclass(frozen=True)
class Opened:
    """A session that was opened or refreshed: the tokens to hand out, and their user."""

    account: Account
    access_token: str
    refresh_token: str


@dataclass(frozen=True)
class Device:
    """Where a session is used: the browser's user agent, its network address, and the refresh token that it has."""

    user_agent: str
    network_address: str
    refresh_token: str = ""


def login(session: Session, credentials: Credentials, device: Device) -> Opened | Refusal:
    """Open a session. Refuses with `WrongCredentials`, in the same time for an unknown mail as for a wrong password.

    The refusal of a one-time password is returned, for `raise_if_refused` to raise: the failed try is counted, and that
    has to be committed.
    """
    account = access_queries.account_by_email(session, credentials.email)
    kept = account.user.password_hash if account else None
    if not passwords.matches(kept, credentials.password) or not account or not kept:
        _refused(account)
        raise WrongCredentials
    if passwords.outdated(kept):
        account.user.password_hash = passwords.hash_password(credentials.password)
    checked = totp.check(session, account.user.id, credentials.one_time_password)
    if isinstance(checked, Refusal):
        _refused(account)
        return checked
    return open_session(session, account, device, second_factor=checked)


def _refused(account: Account | None) -> None:
    logger().info("sign-in refused", userId=str(account.user.id) if account else None)
    count("LoginRefused")


def refresh(session: Session, refresh_token: str, device: Device) -> Opened | None:
    """Refresh a session, using its token up; None when the token can't be used.

    A token that was used before may have been stolen, so its whole session is ended. That end has to be committed,
    which is why this returns rather than raises.
    """
    presented = queries.presented_for_update(session, opaque_tokens.hash_of(refresh_token))
    if presented is None or presented.session.ended_at or presented.session.expires_at <= now():
        return None
    token, this = presented
    if token.used_at:
        end_session(session, this)
        logger().warning("refresh token reused, session ended", userId=str(this.user_id))
        count("RefreshTokenReused")
        return None
    account = access_queries.account_by_id(session, this.user_id)
    if account is None:
        return None
    token.used_at = now()
    _note_use(this, device)
    return _go_on(session, account, this)


def continued(opened: Opened | None) -> Opened:
    """Refuse with `SessionEnded` where `refresh` returned None; called after its transaction."""
    if opened is None:
        raise SessionEnded
    return opened


def logout(session: Session, refresh_token: str) -> None:
    """End the session of a refresh token; one that is unknown or ended already is no error."""
    presented = queries.presented_for_update(session, opaque_tokens.hash_of(refresh_token)) if refresh_token else None
    if presented and not presented.session.ended_at:
        end_session(session, presented.session)


def open_session(session: Session, account: Account, device: Device, *, second_factor: bool = False) -> Opened:
    """Begin a session for someone who proved who it is, with a second factor or without.

    It takes the place of the session that the browser has, whichever user's that is. The browser's cookie is about to
    be replaced, and a session that nobody can refresh or end must not outlive it.
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
    refresh_token = opaque_tokens.new_secret()
    session.add(RefreshToken(session_id=this.id, hash=opaque_tokens.hash_of(refresh_token)))
    access_token = tokens.sign(
        account.user.id,
        session_id=this.id,
        roles=account.roles,
        permissions=account.permissions,
        second_factor=this.second_factor,
    )
    return Opened(account, access_token, refresh_token)


def end_session(session: Session, this: UserSession) -> None:
    """End a session: its refresh tokens are no longer valid, nor are its access tokens once this is committed."""
    this.ended_at = now()
    user_id, session_id = this.user_id, this.id
    after_commit(session, lambda: revocations.end_session(user_id, session_id))


def end_own(session: Session, session_id: UUID, *, by: Principal) -> None:
    """End one of the caller's sessions. Refuses with `NotFound`, also for one that has ended and for a stranger's."""
    if not end(session, by.id, only=session_id):
        raise NotFound


def end_others(session: Session, *, by: Principal) -> None:
    """End all of the caller's sessions but the current one."""
    end(session, by.id, but=by.session_id)


def end(session: Session, user_id: UUID, *, only: UUID | None = None, but: UUID | None = None) -> Sequence[UUID]:
    """End a user's open sessions: one, all but one, or all; their access tokens end with the commit.

    Returns those that were open. Everything that ends sessions, except their own sign-out, calls this.
    """
    ended = queries.end(session, user_id, only=only, but=but)
    after_commit(session, lambda: _tell(user_id, ended))
    return ended


def _tell(user_id: UUID, ended: Sequence[UUID]) -> None:
    for session_id in ended:
        revocations.end_session(user_id, session_id)


CHALLENGE_LIFE = timedelta(minutes=5)
_PURPOSE = "second-factor-challenge"


class _Challenge(SealedCookie):
    user_id: UUID


def challenge(user_id: UUID) -> str:
    """Write the cookie that lets its bearer show only the second factor, for five minutes."""
    return sealed_cookies.write(_Challenge(expires_at=now() + CHALLENGE_LIFE, user_id=user_id), _PURPOSE)


def answer_challenge(session: Session, sealed: str, one_time_password: str, device: Device) -> Opened | Refusal:
    """Open the session that waited.

    Refuses with `ChallengeEnded`; the refusal of a one-time password is returned, for `raise_if_refused`.
    """
    waiting = sealed_cookies.read(_Challenge, sealed, _PURPOSE)
    account = access_queries.account_by_id(session, waiting.user_id) if waiting else None
    if account is None:
        raise ChallengeEnded
    checked = totp.check(session, account.user.id, one_time_password)
    if isinstance(checked, Refusal):
        count("LoginRefused")
        return checked
    return open_session(session, account, device, second_factor=checked)
