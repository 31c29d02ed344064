"""Which adapter belongs to a name."""

from ravo.adapters.payments import PaymentProvider


def provider(name: str) -> PaymentProvider:
    """Return the payment provider by the name that payments are stored with. Raises KeyError for an unknown name."""
    if name != "stripe":
        raise KeyError(name)
    from ravo.adapters import stripe

    return stripe
