"""Addresses that people keep for the next order."""
