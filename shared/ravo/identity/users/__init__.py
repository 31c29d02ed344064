"""Everyone's accounts, in the hands of staff."""
