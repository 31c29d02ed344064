"""Accounts: who owns them, and how their owners are reached."""
