"""Categories: the tree that products belong to."""
