"""Requests for another mail address, at the edge."""

from ravo.identity.accounts.schemas import Email
from ravo.identity.passwords.schemas import CurrentPassword
from ravo.identity.totp.schemas import OneTimePassword
from ravo.platform.schemas import Input


class EmailChange(Input):
    """Where a second factor is on, a code of the app or a recovery code is needed too."""

    new_email: Email
    current_password: CurrentPassword
    code: OneTimePassword | None = None
