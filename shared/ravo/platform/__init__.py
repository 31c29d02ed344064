"""What no shop would recognise as its own: database, outbox, HTTP, jobs, cache, limits, storage, settings."""
