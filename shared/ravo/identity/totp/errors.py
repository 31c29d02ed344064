"""Why a one-time password is refused."""

from ravo.platform.errors import Detail, Unauthenticated

FIELD = "oneTimePassword"


class OneTimePasswordNeeded(Unauthenticated):
    """Reported only after the password was right."""

    message = "This account has a second factor. Send its one-time password too."

    def __init__(self) -> None:
        super().__init__(details=[Detail(FIELD, "is needed")])


class OneTimePasswordWrong(Unauthenticated):
    """Wrong, too old, or used before: which of them is not disclosed."""

    message = "The one-time password is wrong."

    def __init__(self) -> None:
        super().__init__(details=[Detail(FIELD, "is wrong")])
