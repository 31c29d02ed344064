"""A copy of all that the shop holds about a person: one JSON file, mailed as a link that expires."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity import opaque_tokens
from ravo.identity.privacy import queries as requests
from ravo.identity.privacy import service as identity
from ravo.identity.privacy.models import PrivacyRequest
from ravo.identity.privacy.queries import Person
from ravo.platform import mail, storage
from ravo.platform.database import reading
from ravo.platform.events import Envelope
from ravo.platform.mail import queries as mails
from ravo.platform.settings import settings
from ravo.platform.time import now
from ravo.sales.privacy import queries as sales

FORMAT = "ravo.personal-data.1"
MAIL = "identity.personal_data"

type Held = dict[str, list[dict[str, Any]]]


def copy(envelope: Envelope) -> None:
    """Write the file, then mail its link. Doing it again writes the same file and sends no second mail."""
    with reading() as session:
        request = session.get(PrivacyRequest, envelope.aggregate_id)
        if request is None or request.status == "expired":
            return
        person = identity.person_of(session, request)
        held = everything(session, person)
    storage.write(_bucket(), _key(request.id), document(held), content_type="application/json")
    mail.send_once(kind=MAIL, event_id=envelope.id, build=lambda session: _letter(session, request.id, person, held))


def everything(session: Session, person: Person) -> Held:
    """Return all that every domain holds about a person, by kind."""
    account = requests.held(session, person.user_id) if person.user_id else {}
    bought = sales.held(session, person.user_id, person.emails)
    orders = [order["id"] for order in bought["orders"]]
    written = mails.held(session, emails=person.emails, own=person.email, aggregates=orders)
    return account | bought | {"mails": written}


def document(held: Held) -> bytes:
    """Write the data as JSON: times in ISO 8601, money as decimal text."""
    whole = {"format": FORMAT, "generatedAt": now()} | held
    return json.dumps(whole, default=_plain, ensure_ascii=False, indent=2).encode()


def _letter(session: Session, request_id: UUID, person: Person, held: Held) -> mail.Letter | None:
    """Make the mail with a new link to the file; each try has a link of its own, and only the last one works."""
    request = requests.request_for_update(session, request_id)
    if request is None or request.status == "expired" or not person.email:
        return None
    token, expires_at = opaque_tokens.new_secret(), now() + identity.COPY_LIFE
    requests.end_request(
        session,
        request_id,
        {name: len(rows) for name, rows in held.items()},
        object_key=_key(request_id),
        token_hash=opaque_tokens.hash_of(token),
        expires_at=expires_at,
    )
    link = f"{settings().public_url}/api/v1/identity/personal-data?{urlencode({'token': token})}"
    return mail.Letter(person.email, person.locale, {"link": link, "expires_at": expires_at})


def _key(request_id: UUID) -> str:
    return f"personal-data/{request_id}.json"


def _bucket() -> str:
    return str(settings().uploads_bucket)


def _plain(value: object) -> str:
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)
