"""Whose cloud the laptop's is, and where it stands."""

ACCOUNT = "123456789012"
REGION = "eu-central-1"
