"""The redirect to a copy of someone's data."""

from fastapi.responses import RedirectResponse, Response

from ravo.platform.http.responses import PRIVATE


def redirect(link: str) -> Response:
    """Send a browser to where a copy lies."""
    return RedirectResponse(link, status_code=303, headers={"cache-control": PRIVATE, "referrer-policy": "no-referrer"})
