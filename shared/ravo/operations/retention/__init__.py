"""Retention: how long things are kept."""
