"""Proof that a mail address is its account's own."""
