"""Invitations to people whom staff made an account for."""
