"""New accounts: of shoppers, of people who come through a sign-in provider, and of the shop's first super admin."""

from collections.abc import Iterable

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ravo.identity.access import queries
from ravo.identity.access import service as access
from ravo.identity.access.models import UserRole
from ravo.identity.access.queries import Account
from ravo.identity.accounts.errors import EmailTaken
from ravo.identity.accounts.models import User
from ravo.identity.events import UserRegistered
from ravo.identity.passwords import service as passwords
from ravo.identity.permissions import CUSTOMER, SUPER_ADMIN
from ravo.identity.registration.errors import OwnerExists
from ravo.identity.registration.schemas import Registration
from ravo.identity.sessions import service as sessions
from ravo.identity.sessions.service import Device, Opened
from ravo.platform import outbox
from ravo.platform.ids import uuid7
from ravo.platform.time import now


def register(session: Session, registration: Registration, device: Device) -> Opened:
    """Open an account and its first session. Refuses with `EmailTaken` or `WeakPassword`."""
    account = _new_account(session, registration, (CUSTOMER,))
    user = account.user
    outbox.record(session, UserRegistered(aggregate_id=user.id, version=user.version, user_id=user.id))
    return sessions.open_session(session, account, device)


def create_owner(session: Session, registration: Registration) -> Account:
    """Make the shop's first super admin, without a session; the operator who does so vouches for the mail address.

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
    """Open an account, with a password or through a provider. Refuses with `EmailTaken`."""
    user.id = uuid7()
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        raise EmailTaken from error
    session.add_all(UserRole(user_id=user.id, role_id=role_id) for role_id in queries.role_ids(session, roles))
    session.flush()
    return access.account_of(session, user.id)
