"""Webhooks: what providers send, received once and looked at in a queue."""
