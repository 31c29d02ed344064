"""What sales holds about a person, and how it forgets: orders stay in the books, without whose they were."""
