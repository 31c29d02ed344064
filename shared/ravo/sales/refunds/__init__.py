"""Refunds: what staff send back, on its way through the provider."""
