"""Stock: how much of each variant can be sold."""
