"""The answer to a webhook."""

from ravo.platform.schemas import Reply


class Received(Reply):
    """The event is stored, and processed later. `isNew` is false for one that came before."""

    is_new: bool
