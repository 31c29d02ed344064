"""Limits at the till."""

from ravo.identity.limits import guesses

# A household pays a few times a minute at most; who tries stolen cards wants hundreds.
checkouts = guesses("checkout", per_minute=60)
