"""Guest orders: given to the account that proves their mail address."""
