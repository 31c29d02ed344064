"""Pictures of products: where they are stored and where they are shown."""
