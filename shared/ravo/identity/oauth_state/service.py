"""Attempts to sign in through a provider: begun with a sealed cookie that holds their state, and checked on return."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from ravo.adapters.sign_in_providers import Attempt, CodeRefused, Person, ProviderUnavailable, provider
from ravo.identity import sealed_cookies
from ravo.identity.oauth_state.errors import Reason
from ravo.identity.oauth_state.schemas import DEFAULT_PATH, Brought
from ravo.identity.sealed_cookies import SealedCookie
from ravo.platform.observability import count
from ravo.platform.settings import settings
from ravo.platform.time import now

LIFE = timedelta(minutes=10)
_PURPOSE = "oauth-attempt"


class _Remembered(SealedCookie):
    provider: str
    state: str
    nonce: str
    verifier: str
    return_to: str
    locale: str
    refresh_token: str = ""


@dataclass(frozen=True)
class Begun:
    """Where the browser goes, and the cookie that it carries meanwhile."""

    address: str
    ticket: str


@dataclass(frozen=True)
class Returned:
    """Someone who is back from a provider.

    It holds the provider, where in the shop to go next, who was signed in before, and who it is or why that is not
    known.
    """

    provider: str
    return_to: str
    locale: str = "en"
    refresh_token: str = ""
    person: Person | None = None
    reason: Reason | None = None


def begin(name: str, *, return_to: str, locale: str, refresh_token: str) -> Begun:
    """Begin an attempt. Refuses with `NotFound` for a provider that the shop has no client at.

    The browser's refresh token goes along, sealed: its own cookie is strict, so it is not sent on the way back from
    another site.
    """
    there = provider(name)
    remembered = _Remembered(
        expires_at=now() + LIFE,
        provider=name,
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        return_to=return_to,
        locale=locale,
        refresh_token=refresh_token,
    )
    return Begun(there.address(_attempt(remembered)), sealed_cookies.write(remembered, _PURPOSE))


def come_back(name: str, brought: Brought, ticket: str) -> Returned:
    """Find out who is back. Calls the provider, so no transaction may be open. Refuses like `begin`.

    Only the browser that began an attempt can end it. A victim who is sent here with an attacker's code or state, to be
    signed in as the attacker, has no sealed cookie that fits.
    """
    there = provider(name)
    remembered = sealed_cookies.read(_Remembered, ticket, _PURPOSE)
    if remembered is None or remembered.provider != name or not _same(remembered.state, brought.state):
        return _failed(Returned(name, DEFAULT_PATH, reason=Reason.EXPIRED))
    back = (name, remembered.return_to, remembered.locale, remembered.refresh_token)
    if brought.error or not brought.code:
        said_no = brought.error == "access_denied"
        return _failed(Returned(*back, reason=Reason.CANCELLED if said_no else Reason.REFUSED))
    try:
        return Returned(*back, person=there.person(_attempt(remembered), brought.code))
    except CodeRefused:
        return _failed(Returned(*back, reason=Reason.REFUSED))
    except ProviderUnavailable:
        return _failed(Returned(*back, reason=Reason.UNAVAILABLE))


def _attempt(remembered: _Remembered) -> Attempt:
    back = f"{settings().public_url.rstrip('/')}/api/v1/identity/oauth/{remembered.provider}/callback"
    return Attempt(remembered.state, remembered.nonce, remembered.verifier, back)


def _same(ours: str, brought: str) -> bool:
    return hmac.compare_digest(ours.encode(), brought.encode())


def _failed(returned: Returned) -> Returned:
    count("ProviderSignInFailed", reason=str(returned.reason))
    return returned
