"""OAuth state: what the shop remembers while someone is at a sign-in provider."""
