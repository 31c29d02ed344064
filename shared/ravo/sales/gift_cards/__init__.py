"""Gift cards: money paid beforehand, with a ledger for every card."""
