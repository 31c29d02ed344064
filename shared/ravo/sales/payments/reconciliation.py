"""Reconciliation: the provider's books beside ours. What can be put right safely is; the rest is written down for people."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from ravo.adapters.payments import Intent, IntentStatus, PaymentRefused
from ravo.adapters.registry import provider
from ravo.platform.database import reading, transaction
from ravo.platform.observability import count, logger
from ravo.platform.time import now
from ravo.sales.payments import discrepancy_queries as discrepancies
from ravo.sales.payments import queries, refunding
from ravo.sales.payments.names import ASKED, STRIPE
from ravo.sales.payments.settling import settle

# Younger ones may be on their way by webhook; older ones have been looked at many times.
LOOKED_BACK = timedelta(days=3)
LEFT_ALONE = timedelta(minutes=5)
REFUND_PATIENCE = timedelta(minutes=10)
BATCH = 100
# Outcomes of settling that leave something for people.
UNSETTLED = {"amount_differs": "amount_differs", "no_order": "money_without_order"}


@dataclass
class Findings:
    """What a reconciliation looked at, put right, and could not."""

    looked_at: int = 0
    repaired: int = 0
    found: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])


def reconcile(*, force: bool) -> Findings:
    """Compare the last three days. Raises `ProviderUnavailable` when the provider does not answer: the next hour looks again.

    Asks Valkey first whether anyone paid in that time, so that a paused database stays asleep.
    """
    findings = Findings()
    if not force and not ASKED.may_hold():
        return findings
    began = now()
    since, until = began - LOOKED_BACK, began - LEFT_ALONE
    seen: set[str] = set()
    for intents in batched(provider(STRIPE).list_intents(created_from=since, created_to=until), BATCH, strict=False):
        seen |= {intent.id for intent in intents}
        _compare(intents, findings)
    _look_for_missing(seen, since, until, findings)
    findings.repaired += _send_refunds_again(began)
    _look_at_refunds_again(since, findings)
    with transaction() as session:
        discrepancies.resolve_others(session, provider=STRIPE, since=since, found=findings.found)
    ASKED.forget(older_than=since)
    if findings.found:
        logger().error("books differ", discrepancies=len(findings.found))
        count("PaymentDiscrepancy", len(findings.found))
    return findings


def _compare(intents: Iterable[Intent], findings: Findings) -> None:
    ours = [intent for intent in intents if intent.order_id]
    with reading() as session:
        known = queries.standing(session, STRIPE, [intent.id for intent in ours])
    for intent in ours:
        findings.looked_at += 1
        row = known.get(intent.id)
        charged = row.charged if row else None
        if intent.status is IntentStatus.SUCCEEDED and charged is None:
            _repair(intent, findings)
        elif charged is not None and intent.status is not IntentStatus.SUCCEEDED:
            _write_down("order_without_money", row, findings, actual=intent.received)
        elif charged is not None and charged != intent.received:
            _write_down("amount_differs", row, findings, actual=intent.received)


def _repair(intent: Intent, findings: Findings) -> None:
    """Do what the webhook that was lost would have done."""
    with transaction() as session:
        outcome = settle(session, intent)
    if outcome in UNSETTLED:
        findings.found.add((UNSETTLED[outcome], intent.id))
    else:
        findings.repaired += 1
        logger().warning("a payment was settled late", intentId=intent.id, outcome=outcome)
        count("PaymentRepaired")


def _look_for_missing(seen: set[str], since: datetime, until: datetime, findings: Findings) -> None:
    """Look for payments that we booked and the provider's list does not have."""
    with reading() as session:
        booked = queries.charged_in(session, STRIPE, since=since, until=until)
    for row in booked:
        if row.intent_id not in seen and not _has_come(row.intent_id):
            _write_down("order_without_money", row, findings, actual=None)


def _has_come(intent_id: str) -> bool:
    """Ask for one by name: a list's edges and our clock need not agree to the second."""
    try:
        return provider(STRIPE).find_intent(intent_id).status is IntentStatus.SUCCEEDED
    except PaymentRefused:
        return False


def _write_down(kind: str, row: Any, findings: Findings, *, actual: Any) -> None:
    findings.found.add((kind, row.intent_id))
    with transaction() as session:
        discrepancies.open_one(
            session,
            kind,
            row.intent_id,
            provider=STRIPE,
            order_id=row.order_id,
            currency=row.currency,
            expected=row.charged,
            actual=actual,
        )


def _send_refunds_again(began: datetime) -> int:
    """Push refunds on that were asked for and did not come out."""
    with reading() as session:
        waiting = queries.unsettled_refunds(session, before=began - REFUND_PATIENCE, limit=BATCH)
    for refund_id in waiting:
        refunding.process(refund_id)
    return len(waiting)


def _look_at_refunds_again(since: datetime, findings: Findings) -> None:
    """Keep open what reports of refunds left for people, until it is right again."""
    with reading() as session:
        differing = discrepancies.open_intents(session, "refund_differs", provider=STRIPE, since=since)
    for intent_id in differing:
        if not refunding.take_over(intent_id):
            findings.found.add(("refund_differs", intent_id))
