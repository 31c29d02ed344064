"""What goes in and out of signing in through a provider."""

from datetime import datetime

from ravo.platform.schemas import Reply


class LinkedAccount(Reply):
    """An account at a provider that this one can be signed in to with."""

    provider: str
    email: str
    linked_at: datetime
