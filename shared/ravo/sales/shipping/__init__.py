"""Shipping: zones, and what it costs to send something there."""
