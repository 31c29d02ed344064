"""What the shop sells, and how it is found."""
