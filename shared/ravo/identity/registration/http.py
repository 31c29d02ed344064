"""The answer to a registration, and how many a network may send."""

from fastapi.responses import Response

from ravo.identity.sessions import http, replies
from ravo.identity.sessions.service import Opened
from ravo.platform import limits
from ravo.platform.http import created
from ravo.platform.http.limits import by_network

registrations = by_network(limits.REGISTRATION)


PROFILE_PATH = "/api/v1/identity/me"


def account_opened(opened: Opened) -> Response:
    """Answer 201 with the new account's first session."""
    return http.with_refresh_cookie(created(replies.signed_in(opened), location=PROFILE_PATH), opened)
