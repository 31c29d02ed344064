"""History: the events that the outbox keeps, read and replayed to one consumer."""
