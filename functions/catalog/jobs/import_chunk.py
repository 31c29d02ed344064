"""Queue: an import whose next step is due. Does that step and names the next."""

from ravo.catalog.imports import steps
from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler


def import_chunk(envelope: Envelope) -> None:
    """Do the step that the event names; one that is done already is passed over, so the step number is this job's inbox."""
    steps.advance(envelope.aggregate_id, envelope.version)


handler = job_handler(import_chunk, hears=("import.advanced",), tries=5)
