"""Reauthentication: proving again who one is before a sensitive change."""
