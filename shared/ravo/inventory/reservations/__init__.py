"""Reservations: units that are held for a limited time."""
