"""Signing in by another provider: there, back, and into an account that is surely theirs."""
