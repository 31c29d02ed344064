"""What people do with their own accounts: mail address, password, sessions, addresses, consents, and closing it all."""
