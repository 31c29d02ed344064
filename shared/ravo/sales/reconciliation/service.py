"""The rules of reconciliation: safe corrections are made, and the rest is recorded for people."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import batched

from ravo.adapters.payments import Intent, IntentStatus, PaymentRefused
from ravo.adapters.registry import provider
from ravo.platform.database import reading, transaction
from ravo.platform.observability import count, logger
from ravo.platform.time import now
from ravo.sales.discrepancies import queries as discrepancies
from ravo.sales.payments import queries as money
from ravo.sales.payments.queries import Booked
from ravo.sales.payments.service import ASKED, STRIPE
from ravo.sales.refunds import service as refunds
from ravo.sales.settlement.service import settle

# Younger payments may be on their way by webhook; older ones have been compared many times.
LOOKED_BACK = timedelta(days=3)
LEFT_ALONE = timedelta(minutes=5)
REFUND_PATIENCE = timedelta(minutes=10)
BATCH = 100
# Outcomes of a settlement that people must look at.
UNSETTLED = {"amount_differs": "amount_differs", "no_order": "money_without_order"}


@dataclass
class Findings:
    """What a reconciliation compared, corrected, and could not correct."""

    looked_at: int = 0
    repaired: int = 0
    found: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])


def reconcile(*, force: bool) -> Findings:
    """Compare the last three days. Raises `ProviderUnavailable`; the next run tries again.

    Looks in Valkey first whether anyone paid in that time, so that a paused database stays asleep.
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
        known = money.standing(session, STRIPE, [intent.id for intent in ours])
    for intent in ours:
        findings.looked_at += 1
        row = known.get(intent.id)
        charged = row.charged if row else None
        if intent.status is IntentStatus.SUCCEEDED and charged is None:
            _repair(intent, findings)
        elif row and charged is not None and intent.status is not IntentStatus.SUCCEEDED:
            _write_down("order_without_money", row, findings, actual=intent.received)
        elif row and charged is not None and charged != intent.received:
            _write_down("amount_differs", row, findings, actual=intent.received)


def _repair(intent: Intent, findings: Findings) -> None:
    """Do what the lost webhook would have done."""
    with transaction() as session:
        outcome = settle(session, intent)
    if outcome in UNSETTLED:
        findings.found.add((UNSETTLED[outcome], intent.id))
    else:
        findings.repaired += 1
        logger().warning("a payment was settled late", intentId=intent.id, outcome=outcome)
        count("PaymentRepaired")


def _look_for_missing(seen: set[str], since: datetime, until: datetime, findings: Findings) -> None:
    """Look for payments that we booked and that are not on the provider's list."""
    with reading() as session:
        booked = money.charged_in(session, STRIPE, since=since, until=until)
    for row in booked:
        if row.intent_id not in seen and not _has_come(row.intent_id):
            _write_down("order_without_money", row, findings, actual=None)


def _has_come(intent_id: str) -> bool:
    """Look a payment up by id: the edges of the list and our clock may differ by seconds."""
    try:
        return provider(STRIPE).find_intent(intent_id).status is IntentStatus.SUCCEEDED
    except PaymentRefused:
        return False


def _write_down(kind: str, row: Booked, findings: Findings, *, actual: Decimal | None) -> None:
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
    """Process refunds again that were requested and have no result yet."""
    with reading() as session:
        waiting = money.unsettled_refunds(session, before=began - REFUND_PATIENCE, limit=BATCH)
    for refund_id in waiting:
        refunds.process(refund_id)
    return len(waiting)


def _look_at_refunds_again(since: datetime, findings: Findings) -> None:
    """Keep discrepancies of refunds open until they are gone."""
    with reading() as session:
        differing = discrepancies.open_intents(session, "refund_differs", provider=STRIPE, since=since)
    for intent_id in differing:
        if not refunds.sync_with_provider(intent_id):
            findings.found.add(("refund_differs", intent_id))
