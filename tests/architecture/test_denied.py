"""What a function does that lacks a grant: it is denied as AWS denies it, says so, and leaves nothing half done."""

import os
from typing import Any

import pytest
from sqlalchemy import text

from tests.catalog.shop import create
from tests.gateway import call
from tests.grants import boundary, without
from tests.inventory.stock import adjust, variants
from tests.jobs import recorded, run
from tests.mails import mailbox

TAGS = "/api/v1/catalog/admin/tags"


def make_tag(token: str, **request: Any) -> Any:
    return call("catalog/admin/create_tag", "POST", TAGS, body={"name": "Warm"}, token=token, **request)


def tags(database: Any) -> int:
    return database.scalar(text("SELECT count(*) FROM tags"))


def test_without_the_database_s_login_it_fails_and_nothing_is_written(database: Any, staff_token: str) -> None:
    with without("CreateTag", "CatalogDatabaseAccess"):
        reply = make_tag(staff_token)

    assert (reply.status, reply.error["code"]) == (500, "INTERNAL")
    assert "secret" not in reply.body.decode()
    assert list(boundary().denied) == [
        "CreateTag has no grant for secretsmanager:GetSecretValue"
        " on arn:aws:secretsmanager:eu-central-1:123456789012:secret:Database"
    ]
    assert tags(database) == 0
    assert make_tag(staff_token).status == 201


def test_without_the_published_keys_nobody_is_let_in(database: Any, staff_token: str) -> None:
    with without("CreateTag", "CatalogVerifyTokens"):
        reply = make_tag(staff_token)

    assert reply.status == 500
    assert tags(database) == 0


def test_without_the_table_of_first_answers_a_key_is_not_promised_anything(
    database: Any, staff_token: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with without("CreateTag", "CatalogKeepIdempotency"):
        reply = make_tag(staff_token, headers={"idempotency-key": "k"})

    assert (reply.status, reply.error["code"]) == (503, "UPSTREAM_UNAVAILABLE")
    assert tags(database) == 0
    assert (
        "AccessDenied: CreateTag has no grant for dynamodb:PutItem"
        " on arn:aws:dynamodb:eu-central-1:123456789012:table/IdempotencyTable" in capsys.readouterr().out
    )


def test_without_the_bus_the_change_stands_and_its_event_waits(database: Any, staff_token: str) -> None:
    with without("CreateProduct", "CatalogPublishEvents"):
        create(staff_token, "HOOD", "Trail Hoodie")

    published = database.scalar(text("SELECT count(*) FROM outbox_events WHERE published_at IS NOT NULL"))
    assert [event.type for event in recorded(database)] == ["product.created"]
    assert published == 0
    assert "events:PutEvents" in boundary().denied[-1]


def test_without_the_right_to_send_a_mail_its_job_fails_and_tries_again(database: Any, staff_token: str) -> None:
    box = mailbox()
    (small, _) = variants(staff_token)
    adjust(staff_token, small, delta=6)
    adjust(staff_token, small, delta=-1)
    (low,) = recorded(database, "stock.low")

    with without("AlertLowStock", "InventorySendMail"):
        assert run("inventory/jobs/alert_low_stock", low.detail) == ["0"]

    assert box.take() == []
    assert database.scalar(text("SELECT count(*) FROM mails WHERE sent_at IS NOT NULL")) == 0
    assert run("inventory/jobs/alert_low_stock", low.detail, tries=2) == []
    assert len(box.take()) == 1


def test_a_denial_that_a_function_gets_over_fails_the_test_all_the_same(database: Any, staff_token: str) -> None:
    with (
        without("CreateProduct", "CatalogPublishEvents", meant=False),
        pytest.raises(AssertionError, match="CreateProduct has no grant for events:PutEvents"),
    ):
        create(staff_token, "HOOD", "Trail Hoodie")


def test_outside_of_functions_tests_may_do_everything(database: Any) -> None:
    from ravo.platform import aws

    assert aws.client("s3").list_buckets()["Buckets"]


def test_a_function_called_within_another_is_held_to_its_own_grants_and_the_first_to_its_own_again(
    database: Any,
) -> None:
    from botocore.exceptions import ClientError

    from ravo.platform import aws

    def describe() -> None:
        aws.client("events").describe_event_bus(Name=os.environ["EVENT_BUS"])

    with boundary().around("CreateTag"):
        with pytest.raises(ClientError, match=r"AccessDeniedException.*CreateTag has no grant"):
            describe()
        with boundary().around("GetReadiness"):
            describe()
        with pytest.raises(ClientError, match="AccessDeniedException"):
            describe()
    describe()


def test_s3_and_sqs_deny_in_their_own_words_and_signing_is_denied_as_sending_is(database: Any) -> None:
    from botocore.exceptions import ClientError

    from ravo.platform import aws, storage

    uploads = os.environ["UPLOADS_BUCKET"]
    codes = []
    with boundary().around("ShowStock"):
        for ask in (
            lambda: storage.write(uploads, "a", b"", content_type="text/csv"),
            lambda: storage.size_of(uploads, "a"),
            lambda: storage.presign_upload(uploads, "a", content_type="text/csv", size=1),
            lambda: aws.client("sqs").get_queue_url(QueueName="EmbedProductQueue"),
        ):
            with pytest.raises(ClientError) as denied:
                ask()
            codes.append(denied.value.response["Error"]["Code"])
            assert denied.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403

    assert codes == ["AccessDenied", "403", "AccessDenied", "AccessDenied"]
    assert storage.size_of(uploads, "a") is None


def test_a_function_that_no_template_has_may_do_nothing(database: Any) -> None:
    from ravo.platform.database import reading
    from ravo.platform.secrets import SecretMissing

    with boundary().around("Nobody"), pytest.raises(SecretMissing), reading():
        pass
