"""The answer that a link was mailed, and how often a network may request and use links."""

from fastapi.responses import Response

from ravo.identity.email_tokens import service
from ravo.identity.email_tokens.schemas import LinkMailed
from ravo.platform import limits
from ravo.platform.http import fragment_of, prepared
from ravo.platform.http.limits import by_network

resets = by_network(limits.RESET)


links = by_network(limits.LINK)


def link_mailed(email: str, purpose: str) -> Response:
    """Answer 202: if a link has to be mailed, a job does it."""
    said = LinkMailed(email=email, valid_for=int(service.LIVES[purpose].total_seconds()))
    return prepared(fragment_of(said), status=202)
