"""The endpoint kit: plain FastAPI with our envelope, our refusals, and a permission declared on every route."""

from ravo.platform.http.access import Caller, Visitor, allowed, anyone, by_cookie, signed, signed_in
from ravo.platform.http.app import create_app, lambda_handler, webhook_handler
from ravo.platform.http.idempotency.service import keyed
from ravo.platform.http.query_string import InQuery, PagedQuery
from ravo.platform.http.refusals import refusals
from ravo.platform.http.responses import (
    Answer,
    CursorListing,
    Listing,
    PageNumber,
    accepted,
    answer,
    created,
    fragment_of,
    listing,
    no_content,
    packed,
    prepared,
    shared_answer,
)

__all__ = [
    "Answer",
    "Caller",
    "CursorListing",
    "InQuery",
    "Listing",
    "PageNumber",
    "PagedQuery",
    "Visitor",
    "accepted",
    "allowed",
    "answer",
    "anyone",
    "by_cookie",
    "create_app",
    "created",
    "fragment_of",
    "keyed",
    "lambda_handler",
    "listing",
    "no_content",
    "packed",
    "prepared",
    "refusals",
    "shared_answer",
    "signed",
    "signed_in",
    "webhook_handler",
]
