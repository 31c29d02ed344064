"""Expiry: orders that were not paid in time are cancelled."""
