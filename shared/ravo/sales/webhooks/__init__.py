"""Webhooks: what providers send, stored once and processed in a queue."""
