"""The profile: an account as its owner sees it."""
