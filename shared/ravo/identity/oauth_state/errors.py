"""Why signing in through a provider ends without a session."""

from enum import StrEnum


class Reason(StrEnum):
    """The reason in the URL that people come back to; the storefront puts it into words."""

    # The sign-in came back too late, twice, or in another browser than it began in.
    EXPIRED = "sign_in_expired"
    # The person declined at the provider.
    CANCELLED = "cancelled"
    UNAVAILABLE = "provider_unavailable"
    REFUSED = "provider_refused"
    # The provider has no proof of the mail address.
    EMAIL_NOT_PROVEN = "email_not_verified"
    # There is an account with this address that nobody has proven to own: setting a new password by mail proves it.
    ACCOUNT_NOT_PROVEN = "account_not_verified"
    # There is an account with this address, and another account of this provider is linked to it.
    OTHER_LINKED = "other_account_linked"
    CLOSED = "account_disabled"
    # Another request was quicker, most likely the same person's in another tab.
    AGAIN = "try_again"
