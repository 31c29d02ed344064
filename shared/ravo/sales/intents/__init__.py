"""Payment intents: a provider is asked for the payment of an order."""
