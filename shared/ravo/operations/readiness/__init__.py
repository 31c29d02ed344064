"""Whether everything that requests depend on answers."""
