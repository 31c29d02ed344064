"""The mails about accounts.

None greets by name: anyone can open an account with another person's address, and a name can be any text.
"""

from urllib.parse import quote

from sqlalchemy.orm import Session

from ravo.adapters.sign_in_providers import ProviderName
from ravo.identity.accounts import queries as account_queries
from ravo.identity.accounts.models import User
from ravo.identity.email_tokens import queries as email_token_queries
from ravo.identity.email_tokens import service as email_tokens
from ravo.identity.email_tokens.models import MailedToken
from ravo.identity.events import (
    EmailChangeRequested,
    PasswordResetRequested,
    ProviderEvent,
    ProviderLinked,
    ProviderUnlinked,
    RecoveryCodeUsed,
    UserEvent,
    UserPasswordChanged,
)
from ravo.platform import mail
from ravo.platform.events import Envelope
from ravo.platform.settings import settings
from ravo.platform.time import now

# What an owner is notified of after it was done, by type: the event, and the mail.
_NOTICES: dict[str, tuple[type[UserPasswordChanged | RecoveryCodeUsed | ProviderEvent], str]] = {
    UserPasswordChanged.type: (UserPasswordChanged, "identity.password_changed"),
    RecoveryCodeUsed.type: (RecoveryCodeUsed, "identity.recovery_code_used"),
    ProviderLinked.type: (ProviderLinked, "identity.provider_linked"),
    ProviderUnlinked.type: (ProviderUnlinked, "identity.provider_unlinked"),
}


def send_verification(envelope: Envelope) -> None:
    """Mail the link that proves a mail address."""
    mail.send_once(
        kind="identity.verify_email", event_id=envelope.id, build=lambda session: _verification(session, envelope)
    )


def send_reset(envelope: Envelope) -> None:
    """Mail the link that sets a password, where there is an account to set it for."""
    mail.send_once(
        kind="identity.reset_password", event_id=envelope.id, build=lambda session: _reset(session, envelope)
    )


def send_notice(envelope: Envelope) -> None:
    """Notify a user that a way to sign in to the account was changed or used."""
    _, kind = _NOTICES[envelope.type]
    mail.send_once(kind=kind, event_id=envelope.id, build=lambda session: _notice(session, envelope))


def send_email_change(envelope: Envelope) -> None:
    """Notify the old address first, and only then mail the link to the new one.

    If another account has the new address, its owner gets a mail that says so.
    """
    for kind, build in (
        ("identity.email_change_asked", _asked),
        ("identity.change_email", _change),
        ("identity.account_exists", _exists),
    ):
        mail.send_once(kind=kind, event_id=envelope.id, build=lambda session, build=build: build(session, envelope))


def _verification(session: Session, envelope: Envelope) -> mail.Letter | None:
    person = account_queries.person_for_update(session, envelope.event(UserEvent).user_id)
    if person is None or person.email_verified_at:
        return None
    token = email_tokens.issue(session, person.id, person.email, email_tokens.VERIFY)
    return _letter(person, "verify-email", token) if token else None


def _reset(session: Session, envelope: Envelope) -> mail.Letter | None:
    user_id = envelope.event(PasswordResetRequested).user_id
    person = account_queries.person_for_update(session, user_id) if user_id else None
    if person is None:
        return None
    token = email_tokens.issue(session, person.id, person.email, email_tokens.RESET)
    return _letter(person, "reset-password", token) if token else None


def _notice(session: Session, envelope: Envelope) -> mail.Letter | None:
    kind, _ = _NOTICES[envelope.type]
    done = envelope.event(kind)
    person = account_queries.person(session, done.user_id)
    if person is None:
        return None
    values = {"at": envelope.occurred_at, "link": f"{_account_url()}/forgot-password"}
    if isinstance(done, ProviderEvent):
        values |= {"provider": ProviderName(done.provider).brand}
    return mail.Letter(person.email, person.locale, values)


def _change(session: Session, envelope: Envelope) -> mail.Letter | None:
    person, row = _waiting(session, envelope)
    if person is None or row is None or account_queries.is_email_taken(session, row.email, by_other_than=person.id):
        return None
    return _letter(person, "change-email", email_tokens.renew(row), recipient=row.email)


def _exists(session: Session, envelope: Envelope) -> mail.Letter | None:
    person, row = _waiting(session, envelope)
    if person is None or row is None or not account_queries.is_email_taken(session, row.email, by_other_than=person.id):
        return None
    return mail.Letter(row.email, person.locale, {"link": f"{_account_url()}/forgot-password"})


def _asked(session: Session, envelope: Envelope) -> mail.Letter | None:
    person, row = _waiting(session, envelope)
    if person is None or row is None:
        return None
    return mail.Letter(person.email, person.locale, {"link": f"{_account_url()}/forgot-password"})


def _waiting(session: Session, envelope: Envelope) -> tuple[User | None, MailedToken | None]:
    """Return a user and the row with the wanted address, unless that was confirmed or replaced meanwhile."""
    person = account_queries.person_for_update(session, envelope.event(EmailChangeRequested).user_id)
    row = email_token_queries.token_for_update(session, envelope.aggregate_id)
    return person, row if row and not row.used_at and row.expires_at > now() else None


def _letter(person: User, page: str, token: str, recipient: str | None = None) -> mail.Letter:
    return mail.Letter(recipient or person.email, person.locale, {"link": link_to(page, token)})


def link_to(page: str, token: str) -> str:
    """Return the URL of one of the storefront's account pages, with the token that its link carries."""
    return f"{_account_url()}/{page}?token={quote(token)}"


def _account_url() -> str:
    """Where the storefront has its pages about accounts."""
    return f"{settings().public_url}/account"
