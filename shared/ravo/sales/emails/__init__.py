"""Emails: what customers are told about their orders."""
