"""Invitations to people for whom staff made an account."""
