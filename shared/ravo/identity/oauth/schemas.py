"""What signing in by another provider says and hears at the edge."""

from datetime import datetime

from ravo.platform.schemas import Reply


class LinkedAccount(Reply):
    """An account elsewhere that opens this one."""

    provider: str
    email: str
    linked_at: datetime
