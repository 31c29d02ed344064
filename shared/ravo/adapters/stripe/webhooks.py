"""Stripe's webhooks: read only when their signature and its age are right."""

import hmac
import json
import re
import time
from datetime import UTC, datetime
from typing import Any

from ravo.adapters.payments import ProviderUnavailable, ReportedEvent, WebhookSignatureInvalid
from ravo.platform.errors import Invalid
from ravo.platform.observability import logger
from ravo.platform.secrets import SecretMissing, stripe_webhook_secret

TOLERANCE_SECONDS = 300
_MOMENT = re.compile(r"[0-9]{1,12}")


def verify(payload: bytes, signature: str) -> ReportedEvent:
    """Read a body as it came, and check it by the header `Stripe-Signature`.

    A signed body that is not a readable event is refused with `Invalid`.
    """
    if not _is_signed(payload, signature):
        raise WebhookSignatureInvalid
    try:
        return _reported(json.loads(payload))
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid("The webhook is not an event of Stripe's API v1.") from error


def _is_signed(payload: bytes, header: str) -> bool:
    """Whether a header like `t=1700000000,v1=0a…,v1=0b…` proves that Stripe has just sent this.

    This is scheme v1 of https://docs.stripe.com/webhooks#verify-manually. While the secret changes there is a signature
    by the old and by the new one. The SDK would check the same, but its import takes as long as the rest of the
    function's start.
    """
    said = [part.partition("=") for part in header.split(",")]
    moment = next((value for name, _, value in said if name == "t"), "")
    if not _MOMENT.fullmatch(moment):
        return False
    right = hmac.digest(_secret().encode(), f"{moment}.".encode() + payload, "sha256").hex().encode()
    # All of them are compared, since the time that it takes must reveal nothing.
    matching = [hmac.compare_digest(right, value.encode(errors="replace")) for name, _, value in said if name == "v1"]
    return any(matching) and int(moment) >= time.time() - TOLERANCE_SECONDS


def _secret() -> str:
    try:
        return stripe_webhook_secret()
    except SecretMissing as error:
        # Stripe sends it again until somebody has set the secret.
        logger().error("no secret to check Stripe's webhooks with", extra={"missing": str(error)})
        raise ProviderUnavailable from error


def _reported(event: dict[str, Any]) -> ReportedEvent:
    about = event["data"]["object"]
    return ReportedEvent(
        id=event["id"],
        type=event["type"],
        created=datetime.fromtimestamp(event["created"], UTC),
        account=event.get("account"),
        livemode=event["livemode"],
        object_kind=about["object"],
        object_id=about.get("id"),
        raw=event,
    )
