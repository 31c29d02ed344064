"""What keeps the shop running: health, keys, queues."""
