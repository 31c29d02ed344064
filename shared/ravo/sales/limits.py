"""Limits at the till."""

from ravo.identity.limits import guesses

# A shopper pays a few times a minute at most; who tries stolen cards wants hundreds.
checkouts = guesses("checkout", per_minute=30)
