"""Queue: imports whose next step is due. Does that step and queues the next one."""

from ravo.catalog.imports.steps import service as steps
from ravo.platform.events import Envelope
from ravo.platform.jobs import job_handler


def import_chunk(envelope: Envelope) -> None:
    """Do the step that the event names, unless it is already done: the step number is this job's inbox."""
    steps.advance(envelope.aggregate_id, envelope.version)


handler = job_handler(import_chunk, hears=("import.advanced",), tries=5)
