"""Every hour: compare the payment provider's books with ours."""

from typing import Any

from ravo.platform.jobs import schedule_handler
from ravo.sales.reconciliation import service


def reconcile_payments(event: dict[str, Any]) -> str:
    """Settle what webhooks missed, and record discrepancies; `{"force": true}` always looks, once a day."""
    findings = service.reconcile(force=bool(event.get("force")))
    return f"{findings.looked_at} looked at, {findings.repaired} repaired, {len(findings.found)} discrepancies"


handler = schedule_handler(reconcile_payments)
