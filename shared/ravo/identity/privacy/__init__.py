"""Privacy: a copy of their personal data for people who ask for it, and erasure."""
