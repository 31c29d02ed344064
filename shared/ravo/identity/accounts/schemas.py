"""How people write mail addresses, names and languages."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

# One @, something on both sides, a dot in the domain, no white space: the mail we send is the real check.
_EMAIL = re.compile(r"[^@\s\x00-\x1f<>,;:\"]{1,64}@[^@\s\x00-\x1f.<>,;:\"]+(\.[^@\s\x00-\x1f.<>,;:\"]+)+")


def _mail_address(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise ValueError("is no mail address")
    return value


type Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254),
    AfterValidator(_mail_address),
    Field(examples=["ada@example.com"], json_schema_extra={"format": "email"}),
]


type Locale = Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$", examples=["en", "de-AT"])]


type PersonName = Annotated[str, Field(max_length=100)]
