"""Speed: measured in one run, as figures beside their targets and as ratios to what the database alone would take."""
