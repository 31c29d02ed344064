"""Reauthentication: proof again before the ways into an account change."""
