"""What has happened, as the outbox keeps it: looked at, and told again to one consumer."""
