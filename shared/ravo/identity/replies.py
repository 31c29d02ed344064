"""Accounts and sessions as answers: the profile, and the session's two tokens, one of them in a cookie."""

from fastapi.responses import Response

from ravo.identity.devices import DEVICE_COOKIE, DEVICE_LIFE, device_token
from ravo.identity.queries import Account
from ravo.identity.schemas import Profile, SignedIn
from ravo.identity.service import SESSION_LIFE, Opened
from ravo.platform.http import answer, created
from ravo.platform.tokens import LIFE

# Browsers take a cookie of this name by TLS alone.
REFRESH_COOKIE = "__Secure-ravo_refresh"
# The cookie goes to identity's own paths alone.
COOKIE_PATH = "/api/v1/identity"
PROFILE_PATH = "/api/v1/identity/me"


def profile_of(account: Account) -> Profile:
    """Return what a user may see of the own account."""
    user = account.user
    return Profile(
        id=user.id,
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
        locale=user.locale,
        currency=user.currency,
        email_verified=user.email_verified_at is not None,
        roles=sorted(account.roles),
        permissions=sorted(account.permissions),
        created_at=user.created_at,
        version=user.version,
    )


def session_opened(opened: Opened) -> Response:
    """Answer with a session's tokens."""
    return with_refresh_cookie(answer(_signed_in(opened)), opened)


def account_opened(opened: Opened) -> Response:
    """Answer 201 with the new account's first session."""
    return with_refresh_cookie(created(_signed_in(opened), location=PROFILE_PATH), opened)


def session_closed(response: Response) -> Response:
    """Take the cookie away."""
    response.delete_cookie(REFRESH_COOKIE, path=COOKIE_PATH, secure=True, httponly=True, samesite="strict")
    return response


def remembered(response: Response, opened: Opened) -> Response:
    """Have the device keep that the account was signed in to from it."""
    token = device_token(opened.account.user.email)
    _set_cookie(response, DEVICE_COOKIE, token, seconds=int(DEVICE_LIFE.total_seconds()))
    return response


def _signed_in(opened: Opened) -> SignedIn:
    return SignedIn(
        access_token=opened.access_token,
        expires_in=int(LIFE.total_seconds()),
        user=profile_of(opened.account),
    )


def with_refresh_cookie(response: Response, opened: Opened) -> Response:
    """Hand out a session's refresh token, to nobody but this browser."""
    _set_cookie(response, REFRESH_COOKIE, opened.refresh_token, seconds=int(SESSION_LIFE.total_seconds()))
    return response


def _set_cookie(response: Response, name: str, value: str, *, seconds: int) -> None:
    response.set_cookie(name, value, max_age=seconds, path=COOKIE_PATH, secure=True, httponly=True, samesite="strict")
