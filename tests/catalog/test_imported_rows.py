"""The rows of an import: read as they are written, and refused one by one with line and reason."""

import csv
import io
from typing import Any

import pytest

from tests.catalog.importing import GOOD, begin, import_csv, import_file, outcome, rows
from tests.catalog.shop import listed, page_of
from tests.gateway import call
from tests.jobs import recorded


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("BAD,Bad,-1,BAD-1,,,1,,,", "base_price '-1' is not a price: it must be at least 0 and below 1,000,000,000"),
        ("BAD,Bad,free,BAD-1,,,1,,,", "base_price 'free' is not an amount"),
        (
            "BAD,Bad,1e400,BAD-1,,,1,,,",
            "base_price '1e400' is not a price: it must be at least 0 and below 1,000,000,000",
        ),
        ("BAD,Bad,NaN,BAD-1,,,1,,,", "base_price 'NaN' is not a price: it must be at least 0 and below 1,000,000,000"),
        ("BAD,Bad,1.2345,BAD-1,,,1,,,", "base_price '1.2345' has more than three decimals"),
        ("BAD,Bad,1.234,BAD-1,,,1,,,", "an amount in EUR has at most 2 decimals"),
        ("BAD,,7,BAD-1,,,1,,,", "name is missing"),
        ("BAD,Bad,,BAD-1,,,1,,,", "base price is missing"),
        ("BAD,Bad,7,BAD 1,,,1,,,", "sku is not a SKU: 1 to 64 characters without white space"),
        ("BAD,Bad,7,BAD-1,,,many,,,", "available 'many' is not a number"),
        ("BAD,Bad,7,BAD-1,,,1", "has 7 cells where the header has 10"),
        ("BAD,Bad,7,TEE-1,,,1,,,", "sku is already in line 4"),
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
    assert listed()["pagination"]["total"] == 2


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
    assert "<p>Two</p>" in page_of("wide-tank").data["description"]


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (b"a,b\n1,2\n", "These columns are missing: sku. Add them, or change the mapping."),
        (b"\n", "The file is empty."),
        (b"sku,name,name\nA,b,c\n", "These columns appear twice: name. Rename or remove one of each."),
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

    found = listed()["data"][0]
    assert found["name"] == "=1+1"
    assert page_of(found["slug"]).data["description"] == "<p>Hi</p>"


def test_rejected_rows_come_as_a_file_that_a_spreadsheet_opens_safely(database: Any, staff_token: str) -> None:
    done = import_csv(database, staff_token, GOOD + "BAD,Bad,7,=cmd(),,,many,,,\n")

    path = f"/api/v1/catalog/admin/imports/{done['id']}/errors.csv"
    reply = call("catalog/admin/get_import_errors", "GET", path, token=staff_token)

    assert reply.headers["content-type"].startswith("text/csv")
    read = list(csv.reader(io.StringIO(reply.body.decode("utf-8-sig"))))
    assert read == [["line", "sku", "reason"], ["5", "'=cmd()", "available 'many' is not a number"]]


def test_two_variants_of_one_size_and_colour_can_not_both_be(database: Any, staff_token: str) -> None:
    done = import_csv(database, staff_token, GOOD + "HOOD,,,HOOD-T,S,Red,1,,,\n")

    assert rows(staff_token, done["id"], "rejected") == {5: "has the size, colour and style of HOOD-S"}


def test_a_sku_of_another_product_is_not_taken_away(database: Any, staff_token: str) -> None:
    import_csv(database, staff_token, GOOD)

    done = import_csv(database, staff_token, "product_sku,name,base_price,sku\nCAP,Cap,9,TEE-1\n")

    assert rows(staff_token, done["id"], "rejected") == {2: "sku belongs to product TEE"}


def test_columns_are_put_on_fields_by_the_mapping(database: Any, staff_token: str) -> None:
    text = "Code,Title,Cost,Junk\nA-1,Tank,12.50,zzz\n"

    done = import_csv(
        database, staff_token, text, mapping={"Code": "sku", "Title": "name", "Cost": "base_price", "Junk": ""}
    )

    assert outcome(done, "products") == (1, 0, 0, 0)
    assert listed()["data"][0]["price"]["amount"] == "12.50"


def test_a_mapping_on_unknown_fields_or_columns_is_refused(database: Any, staff_token: str) -> None:
    refused = begin(staff_token, format="custom", csv="sku\nA\n", mapping={"sku": "price_of_gold"})
    failed = import_csv(database, staff_token, "sku\nA\n", mapping={"colour": "color"})

    assert refused.status == 422
    assert refused.error["details"] == [{"field": "mapping", "message": "'price_of_gold' is not a field"}]
    assert failed["failure"] == "These columns are missing: colour. Add them, or change the mapping."
