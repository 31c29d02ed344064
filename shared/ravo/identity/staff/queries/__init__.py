"""The SQL of what staff manage of identity."""
