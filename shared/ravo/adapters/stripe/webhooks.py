"""What Stripe tells by webhook: signed, and read only when the signature and its age are right."""

import json
from datetime import UTC, datetime
from typing import Any

from ravo.adapters.payments import ProviderUnavailable, ReportedEvent, WebhookSignatureInvalid
from ravo.platform.errors import Invalid
from ravo.platform.observability import logger
from ravo.platform.secrets import SecretMissing, stripe_webhook_secret

TOLERANCE_SECONDS = 300


def verify(payload: bytes, signature: str) -> ReportedEvent:
    """Read a body as it came, by the header `Stripe-Signature`. Signed, but no event of ours to read, it is `Invalid`."""
    from stripe import SignatureVerificationError, WebhookSignature

    try:
        WebhookSignature.verify_header(payload, signature, _secret(), TOLERANCE_SECONDS)
    except (SignatureVerificationError, UnicodeDecodeError, TypeError) as error:
        # The SDK compares texts, and gives up with a TypeError on a signature that is not ASCII.
        raise WebhookSignatureInvalid from error
    try:
        return _reported(json.loads(payload))
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid("The webhook is not an event of Stripe's API v1.") from error


def _secret() -> str:
    try:
        return stripe_webhook_secret()
    except SecretMissing as error:
        # Stripe tells it again, until somebody has put the secret where it belongs.
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
