"""Stock of orders: held while they wait for their payment, sold when it comes, taken back when they are called off."""
