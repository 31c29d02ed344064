"""One-time passwords of an app."""
