"""Passwords as people send them."""

from typing import Annotated

from pydantic import StringConstraints

# Long enough for a phrase, short enough that hashing can't be used to keep a function busy.
type NewPassword = Annotated[str, StringConstraints(strip_whitespace=False, min_length=10, max_length=200)]


type CurrentPassword = Annotated[str, StringConstraints(strip_whitespace=False, max_length=200)]
