"""Copies, erasure and retention: what has to reach into every domain's tables at once."""
