"""Queue: people who asked for erasure. Erases them from every table, bucket and log."""

from ravo.operations.erasures import service as erasures
from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler


def erase_personal_data(envelope: Envelope) -> None:
    """Erase a person; a second delivery of the event finds nobody."""
    erasures.erase(envelope)


handler = job_handler(erase_personal_data, hears=("erasure.requested",), tries=3)
