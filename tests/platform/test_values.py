"""Small things with strict rules: ids, money, settings, secrets, files in S3, text."""

import os
import time
import urllib.error
import urllib.request
from decimal import Decimal
from typing import Any
from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ravo.catalog.text import safe_html, slug_of
from ravo.platform import aws, secrets, storage
from ravo.platform.ids import uuid7
from ravo.platform.money import CURRENCY_DIGITS, rounded, text_of
from ravo.platform.schemas import MoneyInput
from ravo.platform.settings import Settings, forget_settings, settings


def test_ids_are_of_version_seven_and_sort_by_time() -> None:
    before = time.time_ns() // 1_000_000
    first = uuid7()
    time.sleep(0.002)
    second = uuid7()

    assert (first.version, first.variant) == (7, RFC_4122)
    assert before <= first.int >> 80 <= time.time_ns() // 1_000_000
    assert first < second
    assert len({uuid7() for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [("49.9", "EUR", "49.90"), ("0.005", "EUR", "0.01"), ("5000", "JPY", "5000"), ("1.2345", "KWD", "1.235"), ("1E+2", "USD", "100.00")],
)  # fmt: skip
def test_amounts_are_written_with_their_currencys_decimals(amount: str, currency: str, written: str) -> None:
    assert text_of(Decimal(amount), currency) == written


def test_an_unknown_currency_has_no_decimals_to_guess() -> None:
    with pytest.raises(KeyError):
        rounded(Decimal(1), "XXX")


@given(st.decimals(min_value=0, max_value=10**8, places=2), st.sampled_from(["EUR", "USD", "GBP"]))
def test_an_amount_comes_out_as_it_went_in(amount: Decimal, currency: str) -> None:
    given_ = MoneyInput.model_validate({"amount": str(amount), "currency": currency})

    assert Decimal(text_of(given_.amount, currency)) == amount


@given(st.decimals(min_value=0, max_value=10**6, places=4), st.sampled_from(sorted(CURRENCY_DIGITS)))
def test_rounding_moves_an_amount_by_half_a_unit_at_most(amount: Decimal, currency: str) -> None:
    unit = Decimal(1).scaleb(-CURRENCY_DIGITS[currency])

    assert abs(rounded(amount, currency) - amount) <= unit / 2


@given(st.text(max_size=60))
def test_a_slug_can_stand_in_an_address_and_is_its_own_slug(name: str) -> None:
    slug = slug_of(name)

    assert slug == slug_of(slug)
    assert slug
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_a_slug_keeps_what_letters_stand_for() -> None:
    assert slug_of("  Café Crème, 2. Auflage ") == "cafe-creme-2-auflage"
    assert slug_of("日本") == "item"


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("<p>Hi <b>you</b></p>", "<p>Hi <b>you</b></p>"),
        ("<script>alert(1)</script><p>x</p>", "<p>x</p>"),
        ('<img src=x onerror="alert(1)">', '<img src="x">'),
        ('<a href="javascript:alert(1)">x</a>', '<a rel="noopener noreferrer nofollow">x</a>'),
        ("<svg><script>1</script></svg>", ""),
    ],
)
def test_html_loses_what_could_run(dirty: str, clean: str) -> None:
    assert safe_html(dirty) == clean


@given(st.text(max_size=200))
def test_clean_html_is_clean(html: str) -> None:
    assert safe_html(safe_html(html)) == safe_html(html)


def test_settings_come_from_the_environment_and_never_change(migrated: None) -> None:
    assert settings().event_bus == os.environ["EVENT_BUS"]
    with pytest.raises(ValidationError):
        settings().event_bus = "other"  # pyright: ignore[reportAttributeAccessIssue]


def test_an_environment_without_a_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENVIRONMENT", raising=False)

    with pytest.raises(ValidationError):
        Settings()  # pyright: ignore[reportCallIssue]


def test_a_secret_does_not_show_itself(migrated: None) -> None:
    assert os.environ["SIGNING_KEY"] not in repr(settings())


@pytest.fixture
def clouded(migrated: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An environment that is told where secrets are, not what."""
    for name in ("DATABASE_URL", "SIGNING_KEY", "VERIFICATION_KEYS"):
        monkeypatch.delenv(name)

    def tell(**places: str) -> None:
        for name, value in places.items():
            monkeypatch.setenv(name, value)
        forget_settings()

    tell()
    yield tell
    monkeypatch.undo()
    forget_settings()


def test_secrets_are_fetched_where_the_environment_says(clouded: Any) -> None:
    manager = aws.client("secretsmanager")
    login = manager.create_secret(Name="login", SecretString='{"username": "ravo", "password": "p@ss/word"}')["ARN"]
    key = manager.create_secret(Name="key", SecretString="-----BEGIN PEM")["ARN"]
    aws.client("ssm").put_parameter(Name="/tests/keys", Value='{"keys": []}', Type="String")
    clouded(
        DATABASE_SECRET_ARN=login, DATABASE_HOST="db", SIGNING_KEY_SECRET_ARN=key, VERIFICATION_KEYS_PARAMETER="/tests/keys"
    )  # fmt: skip

    assert secrets.database_url() == "postgresql+psycopg://ravo:p%40ss%2Fword@/ravo?host=db&sslmode=require"
    assert secrets.signing_key() == "-----BEGIN PEM"
    assert secrets.verification_keys() == '{"keys": []}'


@pytest.mark.parametrize("read", [secrets.database_url, secrets.signing_key, secrets.verification_keys])
def test_a_secret_that_nobody_told_of_is_named(clouded: Any, read: Any) -> None:
    with pytest.raises(secrets.SecretMissing, match=r"^[A-Z_]+ or |^DATABASE_URL"):
        read()


def test_a_secret_that_is_not_where_it_should_be_is_named(clouded: Any) -> None:
    clouded(SIGNING_KEY_SECRET_ARN="arn:gone", VERIFICATION_KEYS_PARAMETER="/gone")

    with pytest.raises(secrets.SecretMissing, match="arn:gone"):
        secrets.signing_key()
    with pytest.raises(secrets.SecretMissing, match="/gone"):
        secrets.verification_keys()


def test_the_first_signing_key_is_made_once_and_published(clouded: Any) -> None:
    import json

    from ravo.operations.signing_keys.service import ensure_signing_key

    arn = aws.client("secretsmanager").create_secret(Name="first", SecretString="unset")["ARN"]
    aws.client("ssm").put_parameter(Name="/tests/published", Value='{"keys": []}', Type="String")
    assert not ensure_signing_key()
    clouded(SIGNING_KEY_SECRET_ARN=arn, VERIFICATION_KEYS_PARAMETER="/tests/published")

    assert ensure_signing_key()
    kept = aws.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
    assert "PRIVATE KEY" in kept
    assert not ensure_signing_key()
    assert aws.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"] == kept
    published = aws.client("ssm").get_parameter(Name="/tests/published")["Parameter"]["Value"]
    assert [sorted(set(key) & {"d", "x", "y"}) for key in json.loads(published)["keys"]] == [["x", "y"]]


def test_a_file_is_written_read_from_a_place_on_measured_and_deleted(migrated: None) -> None:
    bucket = os.environ["UPLOADS_BUCKET"]

    storage.write(bucket, "a/b.txt", b"0123456789", content_type="text/plain", cache_control="no-store")

    with storage.open_from(bucket, "a/b.txt", offset=4) as stream:
        assert stream.read(3) == b"456"
    assert storage.size_of(bucket, "a/b.txt") == 10
    storage.delete(bucket, ["a/b.txt", "never-there"])
    assert storage.size_of(bucket, "a/b.txt") is None


def test_a_bucket_that_does_not_answer_is_no_missing_file(migrated: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.exceptions import EndpointConnectionError

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    aws.forget_clients()

    with pytest.raises(EndpointConnectionError):
        storage.size_of("bucket", "key")
    monkeypatch.undo()
    aws.forget_clients()


def test_a_download_link_names_the_file_and_needs_no_sign_in(migrated: None) -> None:
    bucket = os.environ["UPLOADS_BUCKET"]
    storage.write(bucket, "c.csv", b"sku", content_type="text/csv")

    with urllib.request.urlopen(storage.presign_download(bucket, "c.csv", filename="catalogue.csv")) as answer:
        assert answer.read() == b"sku"
        assert 'filename="catalogue.csv"' in answer.headers["content-disposition"]
