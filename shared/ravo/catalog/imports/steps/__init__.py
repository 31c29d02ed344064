"""Steps: an import done piece by piece."""
