"""The zip of an import's pictures: pictures alone, where their products say."""

import io
import os
import zipfile
from typing import Any

import pytest

from tests.catalog.importing import GOOD, import_csv, upload
from tests.catalog.shop import listed

JPEG = b"\xff\xd8\xff\xe0picture"
PICTURES = {
    "a.jpg": JPEG,
    "b.jpeg": JPEG,
    "c.png": b"\x89PNG\r\n\x1a\npicture",
    "d.webp": b"RIFF\x00\n\x00\x00WEBPpicture",
    "e.avif": b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifpicture",
    "f.gif": b"GIF89apicture",
}


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return packed.getvalue()


def stored_pictures() -> set[str]:
    from ravo.platform import aws

    there = aws.client("s3").list_objects_v2(Bucket=os.environ["MEDIA_BUCKET"], Prefix="media/products/signed/")
    return {entry["Key"].rpartition("/")[2] for entry in there.get("Contents", ())}


def test_a_picture_is_what_begins_like_one_whatever_its_name_says(database: Any, staff_token: str) -> None:
    disguised = {f"no-{name}": b"<html><script>alert(1)</script>" for name in PICTURES}
    swapped = {"png-named.jpg": PICTURES["c.png"], "empty.gif": b""}
    files = {f"signed/{name}": body for name, body in (PICTURES | disguised | swapped).items()}

    done = import_csv(database, staff_token, GOOD, imagesUploadId=upload(database, staff_token, zipped(files), "p.zip"))

    assert stored_pictures() == set(PICTURES)
    assert done["notes"] == ["8 files of the zip were left out: not pictures, too large, or too many."]


def test_a_zip_that_would_unpack_to_more_than_pictures_do_is_left_alone(
    database: Any, staff_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ravo.catalog.imports.pictures.service.LARGEST_WHOLE", 1000)
    bomb = zipped({f"signed/{n}.jpg": JPEG + bytes(400) for n in range(3)})
    before = stored_pictures()

    done = import_csv(database, staff_token, GOOD, imagesUploadId=upload(database, staff_token, bomb, "p.zip"))

    assert done["status"] == "completed"
    assert done["notes"] == ["The images are too large when unpacked; none were stored. Send fewer or smaller ones."]
    assert stored_pictures() == before


def test_pictures_of_a_zip_go_where_their_products_say(database: Any, staff_token: str) -> None:
    from ravo.platform import aws

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("h/o/hood.jpg", JPEG)
        archive.writestr("../outside.jpg", b"no")
        archive.writestr("notes.txt", b"no")
    pictures = upload(database, staff_token, packed.getvalue(), "pictures.zip")
    text = "product_sku,name,base_price,sku,images\nHOOD,Hoodie,50,H-1,/media/products/h/o/hood.jpg\n"

    done = import_csv(database, staff_token, text, imagesUploadId=pictures)

    assert done["notes"] == ["2 files of the zip were left out: not pictures, too large, or too many."]
    stored = aws.client("s3").get_object(Bucket=os.environ["MEDIA_BUCKET"], Key="media/products/h/o/hood.jpg")
    assert (stored["Body"].read(), stored["ContentType"]) == (JPEG, "image/jpeg")
    assert listed()["data"][0]["image"]["url"] == "http://localhost:8000/media/products/h/o/hood.jpg"


def test_a_zip_that_is_none_is_noted_and_spoils_no_product(database: Any, staff_token: str) -> None:
    broken = upload(database, staff_token, b"no zip", "pictures.zip")

    done = import_csv(database, staff_token, GOOD, imagesUploadId=broken)

    assert (done["status"], done["notes"]) == ("completed", ["The images are not a zip file; none were stored."])
