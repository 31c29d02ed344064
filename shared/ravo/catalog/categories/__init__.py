"""Categories: the tree that products stand in."""
