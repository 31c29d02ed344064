"""The limit of proving oneself again while signed in: whoever found an open browser shall not guess the password there."""

from typing import Any

from fastapi import Depends, Request

from ravo.platform.http import Caller
from ravo.platform.limits import Limit, take

PROOFS = Limit("proofs", 5, closed_when_blind=True)


async def _count(request: Request, caller: Caller) -> None:
    request.state.allowance = take(PROOFS, str(caller.id))


# For a route's `dependencies`: five tries a minute for each user, shared by all that ask for the current password.
proving: Any = Depends(_count)
