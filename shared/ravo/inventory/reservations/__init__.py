"""Reservations: stock that is held for a while."""
