"""Which adapter stands behind a name."""

from ravo.adapters.payments import PaymentProvider


def provider(name: str) -> PaymentProvider:
    """Return the payment provider of a name that payments are stored with. Raises KeyError for an unknown one."""
    if name != "stripe":
        raise KeyError(name)
    from ravo.adapters import stripe

    return stripe
