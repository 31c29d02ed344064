"""Second factors: one-time passwords of an app (TOTP, RFC 6238), and recovery codes for people who lost it."""
