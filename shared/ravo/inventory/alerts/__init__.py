"""Alerts about stock that runs low: opened once per fall, told to staff, and closed when there is enough again."""
