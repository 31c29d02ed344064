"""The secret by which the front door proves itself to the API."""
