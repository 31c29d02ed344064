"""Where a request comes from, as sessions remember it."""

from typing import Annotated

from fastapi import Depends, Request

from ravo.identity.replies import REFRESH_COOKIE
from ravo.identity.service import Device
from ravo.platform.http.access import address_of


async def _device(request: Request) -> Device:
    user_agent = request.headers.get("user-agent", "")[:255]
    return Device(
        user_agent=user_agent,
        network_address=address_of(request.scope["aws.event"])[:45],
        refresh_token=request.cookies.get(REFRESH_COOKIE, "")[:200],
    )


type ThisDevice = Annotated[Device, Depends(_device)]
