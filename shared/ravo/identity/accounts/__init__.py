"""Accounts: whose they are, and how their owners are reached."""
