"""What is remembered while someone is at a sign-in provider."""
