"""The index: a row for each product on sale, which lists and searches read."""
