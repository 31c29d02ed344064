"""Readiness: whether everything that requests depend on answers."""
