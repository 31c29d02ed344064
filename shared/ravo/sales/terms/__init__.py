"""What a shop charges, as staff manage it: taxes, shipping, promotions, gift cards."""
