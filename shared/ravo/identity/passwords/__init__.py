"""Passwords: hashed, matched, and refused when they are weak."""
