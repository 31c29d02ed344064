"""Erasures: people who are erased from the shop's data."""
