"""Gift cards: money paid in advance, with a ledger for every card."""
