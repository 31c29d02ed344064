"""Limits at the doors that guessing would go through."""

from typing import Any

from fastapi import Depends, Request

from ravo.platform.http.access import address_of
from ravo.platform.limits import Limit, take


def guesses(name: str, *, per_minute: int) -> Any:
    """Allow an address so many tries a minute, with Valkey or without."""
    limit = Limit(name, per_minute, closed_when_blind=True)

    async def count(request: Request) -> None:
        request.state.allowance = take(limit, address_of(request.scope["aws.event"]))

    return Depends(count)
