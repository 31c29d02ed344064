"""Pictures as they go in and out."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from ravo.catalog.media.service import kept
from ravo.platform.schemas import Input, Reply


class Image(Reply):
    """A picture and its alternative text."""

    url: str
    alt: str = ""


class ImageInput(Input):
    url: Annotated[str, StringConstraints(pattern=r"^(https?://|/)[^\s\"<>]+$", max_length=2000), AfterValidator(kept)]
    alt: Annotated[str, StringConstraints(max_length=500)] = ""


type Images = Annotated[list[ImageInput], Field(max_length=100)]
