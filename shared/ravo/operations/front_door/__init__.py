"""The front door's secret, by which it proves itself to the API."""
