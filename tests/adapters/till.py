"""Stripe in tests: a till that hears its webhooks, and money that goes back."""

from collections.abc import Callable
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from uuid import UUID, uuid4

from ravo.adapters import stripe
from ravo.adapters.payments import Intent, ReportedEvent

type Wanted = Callable[..., Intent]


class Till(HTTPServer):
    """Takes in webhooks as the shop would, and remembers what was told."""

    told: list[ReportedEvent]
    # How many times more the shop is out of order.
    failing: int = 0

    def types(self, about: str) -> list[str]:
        """What was told of an object, sorted."""
        return sorted(event.type for event in self.told if event.object_id == about)


class Webhook(BaseHTTPRequestHandler):
    """What the till does with each."""

    server: Till

    def do_POST(self) -> None:
        payload = self.rfile.read(int(self.headers["content-length"]))
        self.server.failing -= 1
        if self.server.failing < 0:
            self.server.told.append(stripe.verify_webhook(payload, self.headers["stripe-signature"]))
        self.send_response(200 if self.server.failing < 0 else 500)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Log nothing."""


def give_back(intent: Intent, amount: str, *, key: str = "", refund_id: UUID | None = None) -> Any:
    """Send money back."""
    refund_id = refund_id or uuid4()
    return stripe.refund(
        intent_id=intent.id,
        amount=Decimal(amount),
        currency=intent.currency,
        refund_id=refund_id,
        idempotency_key=key or f"refund-{refund_id}",
    )
