"""The catalogue as staff see it. A function imports what it answers with: each schema that is made costs its start."""
