"""What the law gives people: a copy of what is held about them, and to be forgotten."""
