"""One-time passwords as people send them."""

from typing import Annotated

from pydantic import Field

# Six digits of an app, or a recovery code; spaces and dashes are only there for people.
type OneTimePassword = Annotated[str, Field(min_length=1, max_length=60, examples=["123456"])]
