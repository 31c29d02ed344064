"""Copies of personal data."""
