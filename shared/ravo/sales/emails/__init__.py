"""Emails: what customers read about their orders."""
