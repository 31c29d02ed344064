"""Sessions over HTTP: their cookies, the current device, and how often someone may try to sign in."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response
from pydantic import ValidationError

from ravo.identity.sessions import replies
from ravo.identity.sessions.schemas import Credentials
from ravo.identity.sessions.service import CHALLENGE_LIFE, SESSION_LIFE, Device, Opened
from ravo.identity.trusted_devices import service as trusted_devices
from ravo.identity.trusted_devices.service import DEVICE_COOKIE, DEVICE_LIFE, device_token
from ravo.platform import limits
from ravo.platform.http import answer
from ravo.platform.http.access import address_of
from ravo.platform.http.limits import CountedRequest, by_network
from ravo.platform.limits import Counter

# Browsers accept a cookie of this name only over TLS.
REFRESH_COOKIE = "__Secure-ravo_refresh"
# The cookie is only sent to identity's own paths.
COOKIE_PATH = "/api/v1/identity"


def session_opened(opened: Opened) -> Response:
    """Answer with a session's tokens."""
    return with_refresh_cookie(answer(replies.signed_in(opened)), opened)


def session_closed(response: Response) -> Response:
    """Delete the cookie."""
    response.delete_cookie(REFRESH_COOKIE, path=COOKIE_PATH, secure=True, httponly=True, samesite="strict")
    return response


def remembered(response: Response, opened: Opened) -> Response:
    """Have the device remember that the account was signed in to from it."""
    token = device_token(opened.account.user.email)
    _set_cookie(response, DEVICE_COOKIE, token, seconds=int(DEVICE_LIFE.total_seconds()))
    return response


def with_refresh_cookie(response: Response, opened: Opened) -> Response:
    """Hand out a session's refresh token, only to this browser."""
    _set_cookie(response, REFRESH_COOKIE, opened.refresh_token, seconds=int(SESSION_LIFE.total_seconds()))
    return response


def _set_cookie(response: Response, name: str, value: str, *, seconds: int) -> None:
    response.set_cookie(name, value, max_age=seconds, path=COOKIE_PATH, secure=True, httponly=True, samesite="strict")


CHALLENGE_COOKIE = "__Secure-ravo_challenge"
_CHALLENGE_PATH = f"{COOKIE_PATH}/login"


def challenge_answered(opened: Opened) -> Response:
    """Answer with the session's tokens, and delete the challenge's cookie."""
    response = session_opened(opened)
    response.delete_cookie(CHALLENGE_COOKIE, path=_CHALLENGE_PATH, secure=True, httponly=True, samesite="strict")
    return response


def with_challenge(response: Response, challenge: str) -> Response:
    """Let this browser show the second factor."""
    response.set_cookie(
        CHALLENGE_COOKIE,
        challenge,
        max_age=int(CHALLENGE_LIFE.total_seconds()),
        path=_CHALLENGE_PATH,
        secure=True,
        httponly=True,
        samesite="strict",
    )
    return response


async def _device(request: Request) -> Device:
    user_agent = request.headers.get("user-agent", "")[:255]
    return Device(
        user_agent=user_agent,
        network_address=address_of(request.scope["aws.event"])[:45],
        refresh_token=request.cookies.get(REFRESH_COOKIE, "")[:200],
    )


type CurrentDevice = Annotated[Device, Depends(_device)]


second_factors = by_network(limits.SECOND_FACTOR)


def sign_ins(request: CountedRequest) -> Sequence[Counter]:
    """Count a try to sign in against its network, and against the account that it is for, whether or not there is one.

    Tries are counted, not failures, and before the password is checked: many requests at once get no further than one
    after another. A device that signed in to the account before has limits of its own, so an attacker who uses up the
    account's limits shuts out only other strangers.
    """
    network = Counter(limits.SIGN_IN, request.network)
    try:
        # Read as the endpoint reads it, so that two spellings of an address count as the same account.
        email = Credentials.model_validate(request.body()).email
    except ValidationError:
        return [network]
    account = trusted_devices.account_key(email)
    device = trusted_devices.device_for(account, request.event)
    if device:
        who = f"device:{device}"
        return [network, Counter(limits.DEVICE, who), Counter(limits.DEVICE_BY_HOUR, who)]
    who = f"account:{account}"
    return [network, Counter(limits.ACCOUNT, who), Counter(limits.ACCOUNT_BY_HOUR, who)]
