"""Payments: the money that came for orders, and the money that goes back."""
