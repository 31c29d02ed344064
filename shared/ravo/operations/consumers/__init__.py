"""Consumers: the functions that receive events."""
