"""Promotions: what takes something off, and which orders used it."""
