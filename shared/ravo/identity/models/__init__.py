"""The tables of identity. A function imports those that it asks, since making one takes a start two milliseconds."""
