"""Pictures that come with an import."""
