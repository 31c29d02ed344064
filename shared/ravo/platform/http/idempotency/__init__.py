"""`Idempotency-Key`: what was done once is answered again, not done again."""
