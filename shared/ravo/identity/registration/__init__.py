"""Registration: how accounts are opened."""
