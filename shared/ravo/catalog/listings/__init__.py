"""Lists of products on sale: filters, sorts and pages."""
