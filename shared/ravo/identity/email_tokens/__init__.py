"""Email tokens: what the link in a mail carries."""
