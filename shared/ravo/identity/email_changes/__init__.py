"""Another mail address for an account."""
