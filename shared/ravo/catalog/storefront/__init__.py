"""The storefront: what shoppers read, from the cache or from PostgreSQL."""
