"""Signing in through a provider over HTTP: off to the provider, and back into the shop."""

from collections.abc import Sequence
from urllib.parse import urlencode

from fastapi.responses import RedirectResponse, Response

from ravo.identity.oauth.models import OAuthAccount
from ravo.identity.oauth.schemas import LinkedAccount
from ravo.identity.oauth.service import Landing
from ravo.identity.oauth_state.service import LIFE, Begun
from ravo.identity.sessions.http import COOKIE_PATH, with_challenge, with_refresh_cookie
from ravo.platform import limits
from ravo.platform.http import answer
from ravo.platform.http.limits import by_network
from ravo.platform.http.responses import PRIVATE
from ravo.platform.settings import settings

ATTEMPT_COOKIE = "__Secure-ravo_oauth"
_ATTEMPT_PATH = f"{COOKIE_PATH}/oauth"


def sent_off(begun: Begun) -> Response:
    """Send a browser to the provider. Its cookie is lax, since the way back comes from another site."""
    response = RedirectResponse(begun.address, 302, {"cache-control": PRIVATE})
    response.set_cookie(
        ATTEMPT_COOKIE,
        begun.ticket,
        max_age=int(LIFE.total_seconds()),
        path=_ATTEMPT_PATH,
        secure=True,
        httponly=True,
        samesite="lax",
    )
    return response


def landed(landing: Landing) -> Response:
    """Send a browser back into the shop.

    It brings the refresh cookie, the cookie of a second-factor challenge, or a reason why neither was given. Browsers
    keep strict cookies even if they come with a redirect from another site; the shop's page then calls `/refresh`.
    """
    said = {"error": str(landing.reason)} if landing.reason else {}
    said |= {"secondFactor": "required"} if landing.challenge else {}
    response = RedirectResponse(_shop_address(landing.return_to, said), 303, {"cache-control": PRIVATE})
    response.delete_cookie(ATTEMPT_COOKIE, path=_ATTEMPT_PATH, secure=True, httponly=True, samesite="lax")
    if landing.challenge:
        with_challenge(response, landing.challenge)
    if landing.opened:
        with_refresh_cookie(response, landing.opened)
    return response


def linked_accounts(links: Sequence[OAuthAccount]) -> Response:
    """Answer with the provider accounts that are linked to this one."""
    return answer(
        [LinkedAccount(provider=each.provider, email=each.email, linked_at=each.created_at) for each in links]
    )


def _shop_address(path: str, said: dict[str, str]) -> str:
    """Return the whole URL, so that no path can be read as another host's."""
    joint = "&" if "?" in path else "?"
    return f"{settings().public_url.rstrip('/')}{path}{joint + urlencode(said) if said else ''}"


providers = by_network(limits.OAUTH)
