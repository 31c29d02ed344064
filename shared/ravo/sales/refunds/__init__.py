"""Refunds: money that staff send back, through the provider."""
