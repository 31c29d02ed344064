"""Guest orders: given to the account whose mail address is proven."""
