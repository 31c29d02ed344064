"""Outside systems, each behind a small protocol."""
