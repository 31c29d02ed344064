"""Queue: exports that were requested. Writes each to its file."""

from ravo.catalog.exports import service
from ravo.platform.jobs import job_handler

handler = job_handler(service.write, hears=("export.requested",), tries=3)
