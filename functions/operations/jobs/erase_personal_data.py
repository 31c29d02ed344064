"""Queue: people who asked to be forgotten. Erases them from every table, bucket and log."""

from ravo.operations.erasures import service as erasures
from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler


def erase_personal_data(envelope: Envelope) -> None:
    """Forget a person; told twice, it finds nobody."""
    erasures.erase(envelope)


handler = job_handler(erase_personal_data, hears=("erasure.requested",), tries=3)
