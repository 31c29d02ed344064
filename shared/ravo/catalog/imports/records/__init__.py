"""Records: a CSV file read record by record."""
