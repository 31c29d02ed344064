"""Users: everyone's accounts, managed by staff."""
