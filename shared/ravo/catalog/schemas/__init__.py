"""What the catalogue says and hears at the edge."""
