"""What goes in and out of signing in through a provider."""

from datetime import datetime

from ravo.platform.schemas import Reply


class LinkedAccount(Reply):
    """An account at a provider that can be used to sign in to this one."""

    provider: str
    email: str
    linked_at: datetime
