"""Whose cloud the laptop's is, and where it stands."""

ACCOUNT = "123456789012"
REGION = "eu-central-1"
# What Lambda tells an environment that it is.
EXECUTION = "AWS_Lambda_python3.13"
