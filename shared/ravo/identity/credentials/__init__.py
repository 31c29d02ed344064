"""The passwords of accounts: proven, changed, forgotten and reset."""
