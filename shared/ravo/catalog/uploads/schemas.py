"""What goes in and out of uploads."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from ravo.platform.schemas import Input, Reply

# A hundred megabytes of rows is some half a million variants; images come as a zip of at most half a gigabyte.
LARGEST_UPLOAD = 512 * 1024 * 1024


class UploadInput(Input):
    """A file to be sent. Only its name's ending matters: `.csv` for rows, `.zip` for images."""

    filename: Annotated[str, StringConstraints(pattern=r"^[^/\\\x00-\x1f\"]{1,200}\.(csv|CSV|zip|ZIP)$")]
    size: Annotated[int, Field(gt=0, le=LARGEST_UPLOAD, description="Bytes; S3 takes exactly so many.")]


class UploadReply(Reply):
    """The request that uploads the file to S3, as it must be sent, within a quarter of an hour."""

    upload_id: UUID
    method: str
    url: str
    headers: dict[str, str]
