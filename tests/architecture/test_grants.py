"""That every function is brought to use what its template grants; the end of a whole run tells what none of its tests did."""

from pathlib import Path
from typing import Any

import pytest

from tests.gateway import ROOT
from tests.grants import Use, cloud, needless, uses
from tests.jobs import run


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
