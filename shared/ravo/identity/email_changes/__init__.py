"""Email changes: another mail address for an account."""
