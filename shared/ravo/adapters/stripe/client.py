"""Stripe's SDK: a client made on first use, with time-outs shorter than a function's, and its failures as refusals."""

from collections.abc import Generator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from ravo.adapters.payments import PaymentRefused, ProviderUnavailable
from ravo.platform.http_client import Timeouts
from ravo.platform.observability import logger
from ravo.platform.secrets import SecretMissing, stripe_api_key
from ravo.platform.settings import settings

if TYPE_CHECKING:
    import stripe
    from stripe import StripeClient

# Two tries with a pause of half a second between them end before a function's ten seconds do.
TIMEOUTS = Timeouts(connect=1.0, answer=2.5)
RETRIES = 1


def client() -> "StripeClient":
    """Return the client for the current key: a new key makes a new client."""
    try:
        return _client(stripe_api_key(), settings().stripe_api_base)
    except SecretMissing as error:
        logger().error("no Stripe key", extra={"missing": str(error)})
        raise ProviderUnavailable from error


@contextmanager
def asking() -> Generator[None]:
    """Turn the SDK's exceptions into `PaymentRefused` or `ProviderUnavailable`."""
    import stripe

    try:
        yield
    except stripe.CardError as error:
        # The only kind of message that Stripe writes for shoppers.
        raise PaymentRefused(error.user_message, reason=_reason(error)) from error
    except (stripe.InvalidRequestError, stripe.IdempotencyError) as error:
        raise PaymentRefused(reason=_reason(error)) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        # Not the shopper's fault, and over once someone has corrected the key: jobs should keep trying.
        logger().error("Stripe refuses the key", extra={"reason": _reason(error), "request": error.request_id})
        raise ProviderUnavailable from error
    except stripe.StripeError as error:
        logger().warning("Stripe does not answer", extra={"reason": _reason(error), "request": error.request_id})
        raise ProviderUnavailable from error


def _reason(error: "stripe.StripeError") -> str:
    said = error.error.to_dict() if error.error else {}
    return str(said.get("code") or said.get("type") or type(error).__name__)


@lru_cache(maxsize=2)
def _client(key: str, base: str | None) -> "StripeClient":
    import stripe

    from ravo.adapters.stripe.http import KeptConnection

    return stripe.StripeClient(
        key,
        base_addresses={"api": base} if base else {},
        max_network_retries=RETRIES,
        http_client=KeptConnection(TIMEOUTS),
    )
