"""Plans: what the rows of a file make of products, and writing that."""
