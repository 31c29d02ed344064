"""Pictures of products: where they are kept and where they are shown."""
