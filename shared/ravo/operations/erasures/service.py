"""Erasing a person: one transaction over every domain's tables, in the audit log as one act.

The books still balance after it.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity.privacy import queries as requests
from ravo.identity.privacy import service as identity
from ravo.identity.privacy.models import PrivacyRequest
from ravo.identity.privacy.queries import Person
from ravo.platform import mail, storage
from ravo.platform.database import reading, transaction
from ravo.platform.events import Envelope
from ravo.platform.mail import queries as mails
from ravo.platform.observability import count
from ravo.platform.settings import settings
from ravo.sales.privacy import queries as sales

ORDERS_AT_ONCE = 500
MAIL = "identity.erasure"


def erase(envelope: Envelope) -> None:
    """Erase the person whom a request is about, after a mail that announces it.

    Orders that are under way follow when they end, by `erase_ended`.
    """
    with reading() as session:
        request = session.get(PrivacyRequest, envelope.aggregate_id)
        if request is None or request.status != "requested":
            return
        person = identity.person_of(session, request)
        copies = requests.copies_of(session, person)
    mail.send_once(kind=MAIL, event_id=envelope.id, build=lambda _: _letter(person))
    # Files before rows: on another try, files that are gone are no error, and the rows that name the others are still
    # there.
    storage.delete(str(settings().uploads_bucket), copies)
    with transaction() as session:
        request = requests.request_for_update(session, envelope.aggregate_id)
        if request is None or request.status != "requested":
            return
        _forget_and_tell(session, request)
    count("PersonErased")


def _letter(person: Person) -> mail.Letter | None:
    return mail.Letter(person.email, person.locale, {}) if person.email else None


def _forget_and_tell(session: Session, request: PrivacyRequest) -> None:
    """Erase a person, end the request, and write it into the audit log as one act."""
    person = identity.person_of(session, request)
    counts = forget(session, person, asked_by=request.id)
    requests.end_request(session, request.id, counts)
    whom = str(person.user_id or "guest")
    requests.put_on_record(session, actor_id=request.requested_by, entity_id=whom, counts=counts, request_id=request.id)


def forget(session: Session, person: Person, *, asked_by: UUID) -> dict[str, int]:
    """Erase a person from every table.

    Returns how many rows of each kind were erased, changed or wait for their order's end.
    """
    ended, under_way = sales.orders_to_erase_for_update(session, person.user_id, person.emails)
    counts = forget_orders(session, ended)
    counts["carts"] = sales.delete_carts(session, person.user_id, person.emails)
    sales.erase_later(session, under_way)
    counts["ordersUnderWay"] = len(under_way)
    counts["mails"] += mails.erase(session, emails=person.emails, own=person.email, aggregates=[])
    requests.forget_requests(session, person, but=asked_by)
    if person.user_id:
        counts["accounts"] = requests.erase_user(session, person.user_id)
    return {name: rows for name, rows in counts.items() if rows}


def erase_ended() -> int:
    """Erase the orders that have ended since their customers asked to be erased; returns how many."""
    erased = 0
    while True:
        with transaction() as session:
            ids = sales.ended_since_for_update(session, ORDERS_AT_ONCE)
            forget_orders(session, ids)
        erased += len(ids)
        if len(ids) < ORDERS_AT_ONCE:
            return erased


def forget_orders(session: Session, ids: list[UUID]) -> dict[str, int]:
    """Remove the customers from orders, and from the log of the mails about them.

    Returns how many rows of each changed.
    """
    counts = sales.erase_orders(session, ids)
    return counts | {"mails": mails.erase(session, emails=[], own="", aggregates=ids)}
