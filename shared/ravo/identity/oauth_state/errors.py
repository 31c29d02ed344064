"""Why signing in through a provider ends without a session."""

from enum import StrEnum


class Reason(StrEnum):
    """What the storefront is told in the address that people come back to, for it to put into words."""

    # Too late, twice, or begun in another browser.
    EXPIRED = "sign_in_expired"
    # They said no.
    CANCELLED = "cancelled"
    UNAVAILABLE = "provider_unavailable"
    REFUSED = "provider_refused"
    # The provider has no proof of the mail address.
    EMAIL_NOT_PROVEN = "email_not_verified"
    # There is an account with this address that nobody proved to own: a new password, by mail, proves it.
    ACCOUNT_NOT_PROVEN = "account_not_verified"
    # There is an account with this address, and another account of this provider opens it.
    OTHER_LINKED = "other_account_linked"
    CLOSED = "account_disabled"
    # Someone was quicker, most likely the same person in another tab.
    AGAIN = "try_again"
