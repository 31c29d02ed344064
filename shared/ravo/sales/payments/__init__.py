"""Payments: what came for orders, and what goes back."""
