"""The doctor: counters recomputed from their ledgers."""
