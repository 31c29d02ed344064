"""Imports: what good files make, what bad rows get, and that nothing is done twice."""

import csv
import io
import os
import zipfile
from typing import Any

import pytest

from tests.catalog.importing import DATA, begin, import_csv, import_file, progress, rows, upload
from tests.gateway import call, context, function
from tests.jobs import drain, recorded, run, scheduled

HEADER = "product_sku,name,base_price,sku,size,color,available,description,categories,tags"
GOOD = f"""{HEADER}
HOOD,Trail Hoodie,59.90,HOOD-S,S,Red,3,<p>Warm.</p>,Women>Hoodies,warm|trail
HOOD,,,HOOD-M,M,Red,0,,,
TEE,Day Tee,20,TEE-1,,,5,<p>Light.</p>,Women>Tees,
"""


def outcome(done: Any, what: str) -> tuple[int, ...]:
    counts = done[what]
    return tuple(counts[name] for name in ("created", "updated", "unchanged", "rejected"))


def shop(**query: str) -> Any:
    return call("catalog/store/list_products", "GET", "/api/v1/catalog/products", query=query).json


def detail(slug: str) -> Any:
    return call("catalog/store/get_product", "GET", f"/api/v1/catalog/products/{slug}").data


def test_a_file_becomes_products_on_sale(database: Any, staff_token: str) -> None:
    done = import_csv(database, staff_token, GOOD)

    assert (done["status"], done["progress"], done["failure"]) == ("completed", 100, None)
    assert outcome(done, "products") == (2, 0, 0, 0)
    assert outcome(done, "variants") == (3, 0, 0, 0)
    hoodie = detail("trail-hoodie")
    assert [(v["sku"], v["size"], v["inStock"]) for v in hoodie["variants"]] == [
        ("HOOD-S", "S", True),
        ("HOOD-M", "M", False),
    ]
    assert hoodie["price"] == {"amount": "59.90", "currency": "EUR"}
    assert [c["path"] for c in hoodie["categories"]] == ["women/hoodies"]
    assert shop(category="women", sizes="S")["pagination"]["total"] == 1


def test_the_same_file_again_changes_nothing_and_says_so(database: Any, staff_token: str) -> None:
    import_csv(database, staff_token, GOOD)
    before = len(recorded(database, "products.imported"))

    again = import_csv(database, staff_token, GOOD)

    assert outcome(again, "products") == (0, 0, 2, 0)
    assert outcome(again, "variants") == (0, 0, 3, 0)
    assert len(recorded(database, "products.imported")) == before


def test_a_changed_row_changes_only_its_variant(database: Any, staff_token: str) -> None:
    import_csv(database, staff_token, GOOD)

    done = import_csv(database, staff_token, GOOD.replace("HOOD-M,M,Red,0", "HOOD-M,M,Red,7"))

    assert outcome(done, "products") == (0, 0, 2, 0)
    assert outcome(done, "variants") == (0, 1, 2, 0)
    assert [v["inStock"] for v in detail("trail-hoodie")["variants"]] == [True, True]


def test_a_file_of_skus_and_stock_alone_updates_what_the_shop_has(database: Any, staff_token: str) -> None:
    import_csv(database, staff_token, GOOD)

    done = import_csv(database, staff_token, "sku,available\nHOOD-M,9\nNEW-1,2\n")

    assert outcome(done, "variants") == (0, 1, 0, 1)
    assert rows(staff_token, done["id"], "rejected") == {3: "belongs to no product of the file or the shop"}
    assert detail("trail-hoodie")["variants"][1]["inStock"] is True


def test_an_empty_cell_of_a_field_that_can_not_be_empty_leaves_it_as_it_is(database: Any, staff_token: str) -> None:
    import_csv(
        database,
        staff_token,
        GOOD.replace("available", "status")
        .replace(",3,", ",draft,", 1)
        .replace(",0,", ",,")
        .replace(",5,", ",active,"),
    )
    header = "product_sku,name,base_price,status,track_inventory\n"

    done = import_csv(database, staff_token, header + "HOOD,Trail Hoodie II,59.90,,\n", mapping={})

    assert done["failure"] == "These columns are missing: sku."
    done = import_csv(database, staff_token, header.strip() + ",sku\nHOOD,Trail Hoodie II,59.90,,,\n")
    assert outcome(done, "products") == (0, 1, 0, 0)
    found = call("catalog/admin/list_admin_products", "GET", "/api/v1/catalog/admin/products", token=staff_token).data
    assert {p["sku"]: (p["name"], p["status"]) for p in found}["HOOD"] == ("Trail Hoodie II", "draft")


def test_validating_only_tells_what_would_be_and_writes_nothing(database: Any, staff_token: str) -> None:
    done = import_csv(database, staff_token, GOOD, validateOnly=True)

    assert outcome(done, "products") == (2, 0, 0, 0)
    assert shop()["pagination"]["total"] == 0
    assert recorded(database, "products.imported") == []


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("BAD,Bad,-1,BAD-1,,,1,,,", "base_price '-1' is no price: it must be from 0 to below 1,000,000,000"),
        ("BAD,Bad,free,BAD-1,,,1,,,", "base_price 'free' is no amount"),
        ("BAD,Bad,1e400,BAD-1,,,1,,,", "base_price '1e400' is no price: it must be from 0 to below 1,000,000,000"),
        ("BAD,Bad,NaN,BAD-1,,,1,,,", "base_price 'NaN' is no price: it must be from 0 to below 1,000,000,000"),
        ("BAD,Bad,1.2345,BAD-1,,,1,,,", "base_price '1.2345' has more than three decimals"),
        ("BAD,Bad,1.234,BAD-1,,,1,,,", "an amount in EUR has at most 2 decimals"),
        ("BAD,,7,BAD-1,,,1,,,", "name is missing"),
        ("BAD,Bad,,BAD-1,,,1,,,", "base price is missing"),
        ("BAD,Bad,7,BAD 1,,,1,,,", "sku is no SKU: 1 to 64 characters without white space"),
        ("BAD,Bad,7,BAD-1,,,many,,,", "available 'many' is no number"),
        ("BAD,Bad,7,BAD-1,,,1", "has 7 cells where the header has 10"),
        ("BAD,Bad,7,TEE-1,,,1,,,", "sku stands in line 4 already"),
        ("BAD,Bad\x00,7,BAD-1,,,1,,,", "holds a NUL byte"),
        (",,,,,,5,,,", "product_sku and sku are both missing"),
    ],
)
def test_a_bad_row_gets_its_line_and_reason_and_spoils_no_other(
    database: Any, staff_token: str, bad: str, reason: str
) -> None:
    done = import_file(database, staff_token, (GOOD + bad + "\n").encode(), "custom")

    assert done["status"] == "completed"
    assert rows(staff_token, done["id"], "rejected") == {5: reason}
    assert shop()["pagination"]["total"] == 2


def test_bytes_that_are_no_utf8_spoil_their_row_alone(database: Any, staff_token: str) -> None:
    body = GOOD.encode() + "CAP,Käppi,9,CAP-1,,,1,,,\n".encode("latin-1")

    done = import_file(database, staff_token, body, "custom")

    assert rows(staff_token, done["id"], "rejected") == {5: "is not in UTF-8"}
    assert outcome(done, "products") == (2, 0, 0, 0)


def test_a_file_with_bom_crlf_semicolons_and_line_breaks_in_quotes_is_read(database: Any, staff_token: str) -> None:
    text = 'product_sku;name;base_price;sku;description\r\nA;Wide Tank;10;A-1;"<p>One</p>\r\n<p>Two</p>"\r\nB;Slim Tank;11;B-1;x\r\n'

    done = import_file(database, staff_token, b"\xef\xbb\xbf" + text.encode(), "custom")

    assert outcome(done, "products") == (2, 0, 0, 0)
    assert list(rows(staff_token, done["id"])) == [2, 4]
    assert "<p>Two</p>" in detail("wide-tank")["description"]


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (b"a,b\n1,2\n", "These columns are missing: sku."),
        (b"\n", "The file is empty."),
        (b"sku,name,name\nA,b,c\n", "These columns stand twice: name."),
        ("sku,name\nA,b\n".encode("utf-16"), "The file is not in UTF-8; save it as CSV UTF-8."),
    ],
)
def test_a_file_that_can_not_be_read_fails_and_says_why(
    database: Any, staff_token: str, body: bytes, failure: str
) -> None:
    done = import_file(database, staff_token, body, "custom")

    assert (done["status"], done["failure"]) == ("failed", failure)
    assert recorded(database, "import.completed")[-1].detail["data"] == {"status": "failed"}


def test_a_quote_that_is_never_closed_swallows_no_good_row_before_it(database: Any, staff_token: str) -> None:
    body = (GOOD + 'X,"open,' + "y" * 250_000 + "\n").encode()

    done = import_file(database, staff_token, body, "custom")

    assert outcome(done, "products") == (2, 0, 0, 0)
    assert rows(staff_token, done["id"], "rejected")[5].startswith("can't be read: ")


def test_scripts_in_html_are_dropped_and_formulas_stay_text(database: Any, staff_token: str) -> None:
    text = (
        'product_sku,name,base_price,sku,description\nX,"=1+1",5,X-1,"<p onclick=x()>Hi<script>alert(1)</script></p>"\n'
    )

    import_csv(database, staff_token, text)

    found = shop()["data"][0]
    assert found["name"] == "=1+1"
    assert detail(found["slug"])["description"] == "<p>Hi</p>"


def test_rejected_rows_come_as_a_file_that_a_spreadsheet_opens_safely(database: Any, staff_token: str) -> None:
    done = import_csv(database, staff_token, GOOD + "BAD,Bad,7,=cmd(),,,many,,,\n")

    path = f"/api/v1/catalog/admin/imports/{done['id']}/errors.csv"
    reply = call("catalog/admin/get_import_errors", "GET", path, token=staff_token)

    assert reply.headers["content-type"].startswith("text/csv")
    read = list(csv.reader(io.StringIO(reply.body.decode("utf-8-sig"))))
    assert read == [["line", "sku", "reason"], ["5", "'=cmd()", "available 'many' is no number"]]


def test_two_variants_of_one_size_and_colour_can_not_both_be(database: Any, staff_token: str) -> None:
    done = import_csv(database, staff_token, GOOD + "HOOD,,,HOOD-T,S,Red,1,,,\n")

    assert rows(staff_token, done["id"], "rejected") == {5: "has the size, colour and style of HOOD-S"}


def test_a_sku_of_another_product_is_not_taken_away(database: Any, staff_token: str) -> None:
    import_csv(database, staff_token, GOOD)

    done = import_csv(database, staff_token, "product_sku,name,base_price,sku\nCAP,Cap,9,TEE-1\n")

    assert rows(staff_token, done["id"], "rejected") == {2: "sku belongs to product TEE"}


def test_two_products_of_one_name_get_slugs_of_their_own(database: Any, staff_token: str) -> None:
    text = "product_sku,name,base_price,sku\nA,Same,9,A-1\nB,Same,9,B-1\n"

    import_csv(database, staff_token, text)
    again = import_csv(database, staff_token, text)

    assert sorted(p["slug"] for p in shop()["data"]) == ["same", "same-b"]
    assert outcome(again, "products") == (0, 0, 2, 0)


def test_columns_are_put_on_fields_by_the_mapping(database: Any, staff_token: str) -> None:
    text = "Code,Title,Cost,Junk\nA-1,Tank,12.50,zzz\n"

    done = import_csv(
        database, staff_token, text, mapping={"Code": "sku", "Title": "name", "Cost": "base_price", "Junk": ""}
    )

    assert outcome(done, "products") == (1, 0, 0, 0)
    assert shop()["data"][0]["price"]["amount"] == "12.50"


def test_a_mapping_on_unknown_fields_or_columns_is_refused(database: Any, staff_token: str) -> None:
    refused = begin(staff_token, format="custom", csv="sku\nA\n", mapping={"sku": "price_of_gold"})
    failed = import_csv(database, staff_token, "sku\nA\n", mapping={"colour": "color"})

    assert refused.status == 422
    assert refused.error["details"] == [{"field": "mapping", "message": "'price_of_gold' is no field"}]
    assert failed["failure"] == "These columns are missing: colour."


@pytest.mark.parametrize("given", [{}, {"csv": "sku\n", "uploadId": "018f0000-0000-7000-8000-000000000000"}])
def test_rows_come_either_inline_or_by_upload(database: Any, staff_token: str, given: dict[str, str]) -> None:
    reply = begin(staff_token, format="custom", **given)

    assert (reply.status, reply.error["message"]) == (422, "Send either csv or uploadId.")


def test_an_unknown_upload_is_refused(database: Any, staff_token: str) -> None:
    reply = begin(staff_token, format="custom", uploadId="018f0000-0000-7000-8000-000000000000")

    assert (reply.status, reply.error["code"]) == (404, "NOT_FOUND")


def test_an_import_waits_for_a_file_that_is_still_on_its_way(database: Any, staff_token: str) -> None:
    path = "/api/v1/catalog/admin/import-uploads"
    asked = call(
        "catalog/admin/create_import_upload", "POST", path, body={"filename": "a.csv", "size": 5}, token=staff_token
    )
    waiting = begin(staff_token, format="custom", uploadId=asked.data["uploadId"])
    drain(database)
    assert progress(staff_token, waiting.data["id"])["status"] == "queued"

    from ravo.platform import storage

    key = asked.data["url"].partition("?")[0].split("/", 4)[4]
    storage.write(os.environ["UPLOADS_BUCKET"], key, b"sku\nA", content_type="text/csv")
    # The word of its arrival was lost; the schedule finds the file.
    scheduled("catalog/schedules/resume_imports", force=True)
    drain(database)

    assert progress(staff_token, waiting.data["id"])["status"] == "completed"


def test_an_import_that_waited_begins_when_its_file_arrives(database: Any, staff_token: str) -> None:
    path = "/api/v1/catalog/admin/import-uploads"
    body = GOOD.encode()
    asked = call(
        "catalog/admin/create_import_upload",
        "POST",
        path,
        body={"filename": "a.csv", "size": len(body)},
        token=staff_token,
    )
    waiting = begin(staff_token, format="custom", uploadId=asked.data["uploadId"])
    drain(database)
    before = len(recorded(database))

    from ravo.platform import storage

    key = asked.data["url"].partition("?")[0].split("/", 4)[4]
    storage.write(os.environ["UPLOADS_BUCKET"], key, body, content_type="text/csv")
    arrived = {"bucket": {"name": os.environ["UPLOADS_BUCKET"]}, "object": {"key": key}}
    assert run("catalog/uploads/receive_upload", arrived) == []
    assert [event.type for event in recorded(database)[before:]] == ["import.advanced"]

    drain(database)
    assert progress(staff_token, waiting.data["id"])["status"] == "completed"


def test_a_step_that_comes_twice_or_late_does_nothing(database: Any, staff_token: str) -> None:
    done = import_csv(database, staff_token, GOOD)
    steps = [event.detail for event in recorded(database, "import.advanced")]

    assert run("catalog/jobs/import_chunk", *steps, *reversed(steps)) == []

    assert progress(staff_token, done["id"]) == done
    assert len(recorded(database, "import.advanced")) == len(steps)


def test_a_stalled_import_goes_on_from_its_own_rows(database: Any, staff_token: str) -> None:
    reply = begin(staff_token, format="custom", csv=GOOD)
    first = recorded(database, "import.advanced")[0]
    assert run("catalog/jobs/import_chunk", first.detail) == []
    # The next step's message is lost with its queue.
    scheduled("catalog/schedules/resume_imports", force=True)

    for event in recorded(database, "import.advanced")[2:]:
        assert run("catalog/jobs/import_chunk", event.detail) == []
    drain(database)

    done = progress(staff_token, reply.data["id"])
    assert (done["status"], outcome(done, "variants")) == ("completed", (3, 0, 0, 0))


def test_an_import_that_no_push_moves_ends_as_failed(database: Any, staff_token: str) -> None:
    reply = begin(staff_token, format="custom", csv=GOOD)

    for _ in range(11):
        scheduled("catalog/schedules/resume_imports", force=True)

    done = progress(staff_token, reply.data["id"])
    assert (done["status"], done["failure"]) == ("failed", "A step failed again and again; the log says why.")


def test_a_sweep_asks_valkey_first_and_leaves_the_database_asleep(database: Any, staff_token: str) -> None:
    from sqlalchemy import event

    from ravo.platform.database import engine

    scheduled("catalog/schedules/resume_imports", force=True)
    statements: list[str] = []
    event.listen(engine(), "before_cursor_execute", lambda *a: statements.append(a[2]))
    scheduled("catalog/schedules/resume_imports")
    assert statements == []

    begin(staff_token, format="custom", csv=GOOD)
    statements.clear()
    scheduled("catalog/schedules/resume_imports")
    assert statements != []


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

    listed = aws.client("s3").list_objects_v2(Bucket=os.environ["MEDIA_BUCKET"], Prefix="media/products/signed/")
    return {entry["Key"].rpartition("/")[2] for entry in listed.get("Contents", ())}


def test_a_picture_is_what_begins_like_one_whatever_its_name_says(database: Any, staff_token: str) -> None:
    disguised = {f"no-{name}": b"<html><script>alert(1)</script>" for name in PICTURES}
    swapped = {"png-named.jpg": PICTURES["c.png"], "empty.gif": b""}
    files = {f"signed/{name}": body for name, body in (PICTURES | disguised | swapped).items()}

    done = import_csv(database, staff_token, GOOD, imagesUploadId=upload(database, staff_token, zipped(files), "p.zip"))

    assert stored_pictures() == set(PICTURES)
    assert done["notes"] == ["8 files of the zip were left out: no pictures, too large, or too many."]


def test_a_zip_that_would_unpack_to_more_than_pictures_do_is_left_alone(
    database: Any, staff_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ravo.catalog.imports.pictures.LARGEST_WHOLE", 1000)
    bomb = zipped({f"signed/{n}.jpg": JPEG + bytes(400) for n in range(3)})
    before = stored_pictures()

    done = import_csv(database, staff_token, GOOD, imagesUploadId=upload(database, staff_token, bomb, "p.zip"))

    assert done["status"] == "completed"
    assert done["notes"] == ["The images are too large when they are unpacked; none was stored."]
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

    assert done["notes"] == ["2 files of the zip were left out: no pictures, too large, or too many."]
    stored = aws.client("s3").get_object(Bucket=os.environ["MEDIA_BUCKET"], Key="media/products/h/o/hood.jpg")
    assert (stored["Body"].read(), stored["ContentType"]) == (JPEG, "image/jpeg")
    assert shop()["data"][0]["image"]["url"] == "http://localhost:8000/media/products/h/o/hood.jpg"


def test_a_zip_that_is_none_is_noted_and_spoils_no_product(database: Any, staff_token: str) -> None:
    broken = upload(database, staff_token, b"no zip", "pictures.zip")

    done = import_csv(database, staff_token, GOOD, imagesUploadId=broken)

    assert (done["status"], done["notes"]) == ("completed", ["The images are no zip file; none was stored."])


def test_imports_are_listed_the_newest_first(database: Any, staff_token: str) -> None:
    first, second = (import_csv(database, staff_token, GOOD)["id"] for _ in range(2))

    reply = call("catalog/admin/list_imports", "GET", "/api/v1/catalog/admin/imports", token=staff_token)

    assert [each["id"] for each in reply.data] == [second, first]
    assert reply.json["pagination"]["total"] == 2


@pytest.mark.parametrize(
    "function_path", ["catalog/admin/get_import", "catalog/admin/list_import_rows", "catalog/admin/get_import_errors"]
)
def test_an_unknown_import_is_not_found(database: Any, staff_token: str, function_path: str) -> None:
    tail = {"list_import_rows": "/rows", "get_import_errors": "/errors.csv"}.get(function_path.rpartition("/")[2], "")
    path = f"/api/v1/catalog/admin/imports/018f0000-0000-7000-8000-000000000000{tail}"

    assert call(function_path, "GET", path, token=staff_token).status == 404


def test_a_file_nobody_asked_for_is_passed_over(database: Any) -> None:
    from tests.jobs import sqs_event

    event = sqs_event([{"bucket": {"name": "any"}, "object": {"key": "uploads/stray.csv"}}])

    assert function("catalog/uploads/receive_upload").handler(event, context("x")) == {"batchItemFailures": []}
    assert recorded(database) == []


@pytest.mark.skipif(not (DATA / "luma" / "products.csv").exists(), reason="the Luma catalogue is not here")
def test_the_luma_catalogue_is_imported_whole_and_once(database: Any, staff_token: str) -> None:
    body = (DATA / "luma" / "products.csv").read_bytes()

    first = import_file(database, staff_token, body, "magento")
    second = import_file(database, staff_token, body, "magento")

    assert outcome(first, "products") == (147, 0, 0, 0)
    assert outcome(first, "variants") == (1847, 0, 0, 0)
    assert outcome(second, "products") == (0, 0, 147, 0)
    assert outcome(second, "variants") == (0, 0, 1847, 0)


@pytest.mark.skipif(not (DATA / "shopify").exists(), reason="the Shopify samples are not here")
@pytest.mark.parametrize("path", sorted((DATA / "shopify").glob("*.csv")), ids=lambda path: path.name)
def test_a_shopify_file_is_imported_whole_and_once(database: Any, staff_token: str, path: Any) -> None:
    first = import_file(database, staff_token, path.read_bytes(), "shopify")
    second = import_file(database, staff_token, path.read_bytes(), "shopify")

    assert (first["status"], first["products"]["rejected"], first["variants"]["rejected"]) == ("completed", 0, 0)
    assert first["products"]["created"] > 0
    assert second["products"]["unchanged"] == first["products"]["created"]
    assert second["variants"]["unchanged"] == first["variants"]["created"]
