"""What a browser brings back from a provider, and where in the shop it goes next."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

# A path of our own and nothing that leads elsewhere: no host, no scheme, no backslash, no fragment.
_OWN_PATH = r"^/([A-Za-z0-9_.~?=&%+,-][A-Za-z0-9/_.~?=&%+,-]*)?$"
DEFAULT_PATH = "/account"

type OwnPath = Annotated[str, Field(max_length=200, pattern=_OWN_PATH, examples=["/account"])]


class Brought(BaseModel):
    """What a browser brings back from a provider; anything else that a provider adds is ignored."""

    # As in every input.
    model_config = ConfigDict(defer_build=False)

    code: Annotated[str, Field(max_length=2048)] = ""
    state: Annotated[str, Field(max_length=256)] = ""
    error: Annotated[str, Field(max_length=256)] = ""
