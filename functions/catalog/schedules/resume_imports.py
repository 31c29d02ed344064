"""Every minute: resume imports that have stalled."""

from typing import Any

from ravo.catalog.imports import service
from ravo.platform.jobs import schedule_handler


def resume_imports(event: dict[str, Any]) -> int:
    """Resume imports if Valkey says that some are under way; `{"force": true}` always looks, as after a start."""
    return service.resume(force=bool(event.get("force")))


handler = schedule_handler(resume_imports)
