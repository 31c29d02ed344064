"""Tags: words that products share."""
