"""What a webhook is answered."""

from ravo.platform.schemas import Reply


class Received(Reply):
    """The event is remembered; what it means is looked at later. `isNew` is false for one that came before."""

    is_new: bool
