"""Access: what people and machines may do."""
