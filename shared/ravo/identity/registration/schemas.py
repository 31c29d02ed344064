"""Registrations at the edge."""

from ravo.identity.accounts.schemas import Email, Locale, PersonName
from ravo.identity.passwords.schemas import NewPassword
from ravo.platform.schemas import Input


class Registration(Input):
    email: Email
    password: NewPassword
    first_name: PersonName = ""
    last_name: PersonName = ""
    locale: Locale = "en"
