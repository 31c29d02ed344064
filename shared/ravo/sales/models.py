"""What the tables of sales have in common."""

from sqlalchemy import Numeric

# Room for any sum, and for the three decimals that a few currencies have.
Amount = Numeric(14, 4)
