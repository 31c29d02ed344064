"""HTTPS to sign-in providers with the standard library: bounded in time and size, and without redirects."""

import json
import time
import urllib.error
import urllib.request
from http.client import HTTPException

from ravo.adapters.outgoing import opener
from ravo.adapters.sign_in_providers import ProviderUnavailable
from ravo.platform.observability import logger

PATIENCE_SECONDS = 4.0
LARGEST_ANSWER = 256 * 1024


def ask(url: str, *, form: str | None = None, token: str | None = None) -> object:
    """Return the JSON with which a URL answers a posted form or a GET. Raises `ProviderUnavailable`.

    An answer with a status of 400 or 401 is returned too: that is how RFC 6749 (5.2) reports what is wrong with a code.
    """
    headers = {"accept": "application/json", "user-agent": "Ravo"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, data=form.encode() if form is not None else None, headers=headers)  # noqa: S310  (only the settings name it)
    try:
        return json.loads(_body(request))
    except (OSError, HTTPException, ValueError) as error:
        # The URL of the request holds nothing about the person; the answer might.
        logger().warning("provider not understood", url=url, error=type(error).__name__)
        raise ProviderUnavailable(type(error).__name__) from error


def _body(request: urllib.request.Request) -> bytes:
    until = time.monotonic() + PATIENCE_SECONDS
    try:
        answer = opener().open(request, timeout=PATIENCE_SECONDS)
    except urllib.error.HTTPError as refused:
        if refused.code not in (400, 401):
            raise
        answer = refused
    body = b""
    with answer:
        while chunk := answer.read1(16 * 1024):
            body += chunk
            # The time-out counts for each step: a server that sends one byte at a time is cut off here.
            if time.monotonic() > until or len(body) > LARGEST_ANSWER:
                raise TimeoutError("an answer without end")
    return body
