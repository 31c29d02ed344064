"""Second factors: one-time passwords of an app (TOTP, RFC 6238), and the recovery codes for whoever lost it."""
