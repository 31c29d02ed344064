"""Payments: the protocol of every payment provider. Card data stays between shopper and provider."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Protocol
from uuid import UUID

from ravo.platform.errors import Refusal, Unauthenticated, UpstreamUnavailable


class IntentStatus(StrEnum):
    """Where a payment stands. One that is neither succeeded nor canceled may still become either."""

    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    REQUIRES_CAPTURE = "requires_capture"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


class RefundStatus(StrEnum):
    """Where a refund stands."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment that a shopper is to make.

    `client_secret` lets a browser pay it, and nothing else; `received` is what came in.
    """

    id: str
    client_secret: str
    status: IntentStatus
    amount: Decimal
    currency: str
    received: Decimal
    # None for a payment that is not this shop's: an account may serve others too.
    order_id: UUID | None
    # Why the last try failed, as the provider's code, like `card_declined`.
    last_error: str | None


@dataclass(frozen=True, slots=True)
class RefundResult:
    """Money that went back, or is on its way."""

    id: str
    status: RefundStatus
    amount: Decimal
    currency: str
    # None for one that somebody made in the provider's dashboard.
    refund_id: UUID | None


@dataclass(frozen=True, slots=True)
class ReportedEvent:
    """What a provider reported by webhook, proven to be from it.

    It may come late, twice and in any order: fetch the object as it is now.
    """

    id: str
    type: str
    created: datetime
    # The connected account it happened in; None for the shop's own.
    account: str | None
    livemode: bool
    # Like `payment_intent` or `charge`, and its id where it has one.
    object_kind: str
    object_id: str | None
    raw: dict[str, Any]


class PaymentRefused(Refusal):
    """The provider refused for good: the same request would be refused again. `reason` is its code."""

    status, code, message = 402, "PAYMENT_FAILED", "The payment was refused."

    def __init__(self, message: str | None = None, *, reason: str) -> None:
        self.reason = reason
        super().__init__(message)


class ProviderUnavailable(UpstreamUnavailable):
    """The provider did not answer, or answered that it can't now.

    The request may have taken effect: repeat it with the same idempotency key.
    """

    message: ClassVar[str] = "Payments are not answering; try again soon."


class WebhookSignatureInvalid(Unauthenticated):
    """Nothing proves that a webhook came from the provider, or that it came just now."""

    message: ClassVar[str] = "The webhook's signature is not valid."


class PaymentProvider(Protocol):
    """What we need from any provider.

    Amounts are in the currency's own units; each call raises `PaymentRefused` or `ProviderUnavailable`.
    """

    def create_intent(
        self,
        *,
        order_id: UUID,
        order_number: str,
        amount: Decimal,
        currency: str,
        email: str | None,
        idempotency_key: str,
    ) -> Intent:
        """Create a payment. With a mail address the provider sends its own receipt there."""
        ...

    def find_intent(self, intent_id: str) -> Intent:
        """Return a payment as it is now."""
        ...

    def list_intents(self, *, created_from: datetime, created_to: datetime) -> Iterator[Intent]:
        """Return the payments that were created from one moment to before another, the newest first."""
        ...

    def cancel_intent(self, intent_id: str) -> Intent:
        """Cancel a payment, so that nobody can pay it; refused for one that was paid. Twice is the same as once."""
        ...

    def refund(
        self, *, intent_id: str, amount: Decimal, currency: str, refund_id: UUID, idempotency_key: str
    ) -> RefundResult:
        """Send money back, all or a part of what came in."""
        ...

    def list_refunds(self, intent_id: str) -> list[RefundResult]:
        """Return the refunds of a payment, the newest first."""
        ...

    def verify_webhook(self, payload: bytes, signature: str) -> ReportedEvent:
        """Read a webhook's body, byte for byte as it came; raises `WebhookSignatureInvalid`."""
        ...
