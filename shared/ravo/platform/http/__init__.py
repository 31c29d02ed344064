"""The endpoint kit: plain FastAPI, and around it what every request goes through.

    API Gateway's event
    └ handler        sets the request's id, and answers every exception with its refusal
      ├ front_door   refuses what did not come through CloudFront
      ├ limits       verifies the token, counts the request, looks whether its session has ended (one round trip)
      ├ idempotency  gives a mutation's first answer again (service: the rule, store: DynamoDB, crypto: sealed)
      └ asgi         runs the application, without an event loop
        └ finish     304, compression, security headers
          └ app      the one route: input_checks (address, body), access (who may), then the endpoint
                     endpoint → responses (the envelope) or, raised anywhere, refusals

`context` holds what is known of the request meanwhile. Nothing here knows a domain.
"""

from ravo.platform.http.access import Caller, Visitor, allowed, anyone, by_cookie, signed, signed_in
from ravo.platform.http.app import create_app
from ravo.platform.http.handler import lambda_handler, webhook_handler
from ravo.platform.http.idempotency.service import keyed
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
    "Listing",
    "PageNumber",
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
