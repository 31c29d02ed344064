"""Super admins: a shop always keeps one who can sign in."""
