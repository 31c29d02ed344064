"""Speed, measured in one run: figures beside their targets, and ratios to the time of the database by itself."""
