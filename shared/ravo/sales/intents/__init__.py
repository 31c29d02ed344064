"""Payment intents: the payment of an order, created at a provider."""
