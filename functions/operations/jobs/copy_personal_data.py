"""Queue: copies of personal data that were requested. Writes each to its file and mails the link."""

from ravo.operations.copies import service as copies
from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler


def copy_personal_data(envelope: Envelope) -> None:
    """Write and mail a copy of the data that is held about a person, once."""
    copies.copy(envelope)


handler = job_handler(copy_personal_data, hears=("personal_data.export_requested",), tries=3)
