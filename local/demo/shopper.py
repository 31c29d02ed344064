"""A shopper's browser at the checkout: what Stripe's own form does with a card.

It only knows the publishable key and the client secret.
"""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from local.outside import CARD_KEYS

# Stripe's test cards (docs.stripe.com/testing).
GOOD_CARD = "4242424242424242"
DECLINED_CARD = "4000000000000002"
# The bank asks the shopper first (3-D Secure).
ASKING_CARD = "4000002500003155"
PATIENCE_SECONDS = 10


@dataclass(frozen=True)
class Tried:
    """What the form shows: the status of the payment, and why it was refused if it was."""

    status: str
    refused: str | None = None


def pay(stripe: str, client_secret: str, card: str = GOOD_CARD) -> Tried:
    """Try to pay an intent with a card, at the address of a Stripe stand-in."""
    given = {"payment_method_data[type]": "card"}
    given |= {f"payment_method_data[card][{name}]": value for name, value in _on_the_card(card).items()}
    return _send(stripe, client_secret, "confirm", given)


def authenticate(stripe: str, client_secret: str, *, success: bool = True) -> Tried:
    """Answer the bank's question after a payment that `requires_action`."""
    return _send(stripe, client_secret, "_authenticate", {"success": str(success).lower()})


def _on_the_card(number: str) -> dict[str, str]:
    return {"number": number, "exp_month": "12", "exp_year": "2040", "cvc": "123"}


def _send(stripe: str, client_secret: str, what: str, given: dict[str, str]) -> Tried:
    intent_id = client_secret.partition("_secret_")[0]
    request = urllib.request.Request(  # noqa: S310  (our own)
        f"{stripe}/v1/payment_intents/{intent_id}/{what}",
        urlencode(given | {"client_secret": client_secret}).encode(),
        {"authorization": f"Bearer {CARD_KEYS['STRIPE_PUBLISHABLE_KEY']}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310  (our own)
            intent: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            error: dict[str, Any] = json.load(refused)["error"]
        if refused.code != 402:
            raise
        return Tried(error["payment_intent"]["status"], error["code"])
    failed: dict[str, Any] = intent["last_payment_error"] or {}
    return Tried(intent["status"], failed.get("code"))
