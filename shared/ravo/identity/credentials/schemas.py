"""Changes and resets of passwords, at the edge."""

from ravo.identity.accounts.schemas import Email
from ravo.identity.email_tokens.schemas import LinkSecret
from ravo.identity.passwords.schemas import CurrentPassword, NewPassword
from ravo.platform.schemas import Input


class Forgotten(Input):
    email: Email


class PasswordReset(Input):
    token: LinkSecret
    new_password: NewPassword


class PasswordChange(Input):
    current_password: CurrentPassword
    new_password: NewPassword
