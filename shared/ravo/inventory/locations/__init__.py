"""Locations: the places where stock lies."""
