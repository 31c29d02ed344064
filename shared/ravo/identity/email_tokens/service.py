"""Tokens that mails carry: made by the job that writes the mail, kept here only as hashes, and used once."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from ravo.identity import opaque_tokens
from ravo.identity.email_tokens import queries
from ravo.identity.email_tokens.errors import LinkUnusable
from ravo.identity.email_tokens.models import MailedToken
from ravo.identity.email_tokens.queries import Proven
from ravo.platform.errors import Detail, RateLimited
from ravo.platform.ids import uuid7
from ravo.platform.time import now

VERIFY = "verify_email"
RESET = "reset_password"
CHANGE = "change_email"
LIVES = {VERIFY: timedelta(hours=24), RESET: timedelta(hours=1), CHANGE: timedelta(hours=24)}
# However often a link is requested, its mailbox is not flooded; the answer is the same.
MOST_AN_HOUR = 5
_HOUR = timedelta(hours=1)


def issue(session: Session, user_id: UUID, email: str, purpose: str, *, life: timedelta | None = None) -> str | None:
    """Make a token in place of those of the same purpose; None for a user who was given too many recently.

    It lives as long as its purpose says, unless another time is given.
    """
    if queries.count_recent(session, user_id, purpose=purpose, within=_HOUR) >= MOST_AN_HOUR:
        return None
    queries.retire(session, user_id, purpose=purpose)
    token = opaque_tokens.new_secret()
    queries.add_token(session, _row(user_id, email, purpose, token, life or LIVES[purpose]))
    return token


def prepare_change(session: Session, user_id: UUID, email: str) -> UUID:
    """Keep the address that a user wants until its link is mailed.

    Refuses with `RateLimited` a user who made too many requests recently.
    """
    if queries.count_recent(session, user_id, purpose=CHANGE, within=_HOUR) >= MOST_AN_HOUR:
        raise RateLimited(retry_after=int(_HOUR.total_seconds()))
    queries.retire(session, user_id, purpose=CHANGE)
    # Nobody learns this token: the job that writes the mail puts another in its place.
    row = _row(user_id, email, CHANGE, opaque_tokens.new_secret(), LIVES[CHANGE])
    queries.add_token(session, row)
    return row.id


def renew(row: MailedToken) -> str:
    """Put a new token, with its whole lifetime, into a row that is still unused."""
    token = opaque_tokens.new_secret()
    row.hash, row.expires_at = opaque_tokens.hash_of(token), now() + LIVES[row.purpose]
    return token


def redeem(session: Session, token: str, purpose: str) -> Proven:
    """Use a token up. Refuses with `LinkUnusable`."""
    proven = queries.redeem(session, token_hash=opaque_tokens.hash_of(token), purpose=purpose)
    if proven is None:
        raise unusable()
    return proven


def unusable() -> LinkUnusable:
    """The one refusal for every link that can't be used."""
    return LinkUnusable(details=[Detail("token", "is not valid, or no longer")])


def _row(user_id: UUID, email: str, purpose: str, token: str, life: timedelta) -> MailedToken:
    return MailedToken(
        id=uuid7(),
        user_id=user_id,
        purpose=purpose,
        hash=opaque_tokens.hash_of(token),
        email=email,
        expires_at=now() + life,
    )
