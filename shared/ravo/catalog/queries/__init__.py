"""The catalogue's SQL, one named function a statement."""
