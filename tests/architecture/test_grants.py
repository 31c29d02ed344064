"""That every function is brought to use what its template grants; the end of a whole run tells what none of its tests did."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.gateway import ROOT, context, function
from tests.grants import Use, cloud, needless, uses
from tests.jobs import run

MUTATIONS = [
    (cloud().functions[route.function], route) for route in cloud().routes if route.method not in ("GET", "HEAD")
]


@pytest.mark.parametrize(("entry", "route"), MUTATIONS, ids=lambda each: getattr(each, "name", ""))
def test_a_mutation_under_a_key_is_answered_once_or_keeps_no_answers(
    entry: Any, route: Any, database: Any, staff_token: str
) -> None:
    event = json.loads(sample(entry).read_text())
    keyed = event["headers"] | {"idempotency-key": str(uuid.uuid4())}
    keeps = any("KeepIdempotency" in grant.policy for grant in entry.grants)

    def answer(headers: dict[str, str]) -> Any:
        return function(entry.module).handler(event | {"headers": headers}, context(entry.name))

    # Who may not is told so, and that is not kept.
    assert answer(keyed)["statusCode"] < 500
    first, second = (answer(keyed | {"authorization": f"Bearer {staff_token}"}) for _ in range(2))

    assert first["statusCode"] < 500
    assert not keeps or second == first


@pytest.mark.parametrize("entry", [cloud().functions[m.function] for m in cloud().mappings], ids=lambda e: e.name)
def test_a_message_that_a_job_cannot_read_is_left_for_another_try(entry: Any, database: Any) -> None:
    assert run(entry.module, {}) == ["0"]


def test_what_no_test_used_is_named() -> None:
    everything: set[Use] = {
        (name, grant.policy, action)
        for name, each in cloud().functions.items()
        for grant in each.grants
        for action in grant.actions
    }
    tag = {use for use in everything if use[:2] == ("CreateTag", "CatalogKeepIdempotency")}
    getting = {use for use in everything if use[2] == "s3:PutObject" and use[1] == "CatalogWriteUploads"}

    assert needless(everything) == []
    assert needless(everything - tag) == ["CreateTag never uses CatalogKeepIdempotency"]
    assert "nobody uses s3:PutObject of CatalogWriteUploads" in needless(everything - getting)


def test_uses_are_gathered_from_all_processes_of_a_run(tmp_path: Path) -> None:
    (tmp_path / "1").write_text("CreateTag\tCatalogDatabaseAccess\tsecretsmanager:GetSecretValue\n")
    (tmp_path / "2").write_text("CreateTag\tCatalogDatabaseAccess\tsecretsmanager:GetSecretValue\nA\tB\tc:D\n")

    assert uses(tmp_path) == {
        ("CreateTag", "CatalogDatabaseAccess", "secretsmanager:GetSecretValue"),
        ("A", "B", "c:D"),
    }


def sample(entry: Any) -> Path:
    domain, _, own = entry.module.split("/")
    return ROOT / "events" / domain / f"{own}.json"
