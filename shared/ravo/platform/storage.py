"""Files in S3: presigned requests, streamed reads and writes."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, cast

from ravo.platform import aws

BUFFER_SIZE = 256 * 1024
UPLOAD_LIFE_SECONDS = 900
DOWNLOAD_LIFE_SECONDS = 900


@dataclass(frozen=True)
class PresignedRequest:
    """A request that its holder may send to S3 until it expires. S3 checks that the headers are sent as they are."""

    method: str
    url: str
    headers: dict[str, str]


def presign_upload(bucket: str, key: str, *, content_type: str, size: int) -> PresignedRequest:
    """Allow one PUT of exactly `size` bytes to `key`, for a quarter of an hour."""
    url = aws.client("s3").generate_presigned_url(
        "put_object",
        Params={"Bucket": bucket, "Key": key, "ContentType": content_type, "ContentLength": size},
        ExpiresIn=UPLOAD_LIFE_SECONDS,
    )
    return PresignedRequest("PUT", url, {"content-type": content_type, "content-length": str(size)})


def presign_download(bucket: str, key: str, *, filename: str) -> str:
    """Return a link that downloads `key` under `filename` for a quarter of an hour."""
    return cast(
        str,
        aws.client("s3").generate_presigned_url(
            "get_object",
            Params={
                "Bucket": bucket,
                "Key": key,
                "ResponseContentDisposition": f'attachment; filename="{filename}"',
            },
            ExpiresIn=DOWNLOAD_LIFE_SECONDS,
        ),
    )


def size_of(bucket: str, key: str) -> int | None:
    """Return an object's size in bytes, or None where there is none."""
    try:
        return cast(int, aws.client("s3").head_object(Bucket=bucket, Key=key)["ContentLength"])
    except aws.client("s3").exceptions.ClientError as error:
        if error.response["Error"]["Code"] in {"404", "NoSuchKey"}:
            return None
        raise


def open_from(bucket: str, key: str, *, offset: int = 0) -> IO[bytes]:
    """Open an object for reading from a byte offset on; nothing is held in memory but what is read."""
    body = aws.client("s3").get_object(Bucket=bucket, Key=key, Range=f"bytes={offset}-")["Body"]
    # The body itself reads lines byte by byte.
    return io.BufferedReader(body, BUFFER_SIZE)


def write(bucket: str, key: str, body: bytes | IO[bytes], *, content_type: str, cache_control: str = "") -> None:
    """Store one object, replacing what was there."""
    aws.client("s3").put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type, CacheControl=cache_control)


def delete(bucket: str, keys: Iterable[str]) -> None:
    """Delete objects; those already gone are no error."""
    for key in keys:
        aws.client("s3").delete_object(Bucket=bucket, Key=key)
