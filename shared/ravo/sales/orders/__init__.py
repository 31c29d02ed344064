"""Orders: their life from placed to delivered, and what each step of it does."""
