"""What happened to accounts. Events name people by id alone: the bus and its archive can't be made to forget."""

from typing import ClassVar

from ravo.platform.events import Event


class IdentityEvent(Event):
    """The aggregate is what each event says."""

    source: ClassVar[str] = "ravo.identity"


class PersonalDataExportRequested(IdentityEvent):
    """Someone wants a copy of what is held about them. The aggregate is the request."""

    type: ClassVar[str] = "personal_data.export_requested"


class ErasureRequested(IdentityEvent):
    """Someone wants to be forgotten. The aggregate is the request."""

    type: ClassVar[str] = "erasure.requested"
