"""Sealing: what comes out is what went in, for its purpose alone, also while keys are replaced."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ravo.platform.sealing import SealBroken, seal, unseal
from ravo.platform.settings import forget_settings


@given(content=st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_sealed_opens_as_it_was_and_shows_nothing(migrated: None, content: bytes) -> None:
    sealed = seal(content, "tests")

    assert unseal(sealed, "tests") == content
    assert len(content) < 4 or content not in sealed
    assert seal(content, "tests") != sealed


@pytest.mark.parametrize("broken", [b"", b"short", bytes(40)])
def test_what_was_never_sealed_does_not_open(migrated: None, broken: bytes) -> None:
    with pytest.raises(SealBroken):
        unseal(broken, "tests")


def test_a_seal_for_another_purpose_or_a_changed_one_does_not_open(migrated: None) -> None:
    sealed = seal(b"secret", "tests")

    for other, purpose in ((sealed, "others"), (sealed[:-1] + bytes([sealed[-1] ^ 1]), "tests")):
        with pytest.raises(SealBroken):
            unseal(other, purpose)


def test_an_old_key_opens_while_a_new_one_seals(migrated: None, monkeypatch: pytest.MonkeyPatch) -> None:
    old = seal(b"secret", "tests")

    def keys(*lines: str) -> None:
        monkeypatch.setenv("SEALING_SECRET", "\n".join(lines))
        forget_settings()

    keys("new-key", "a-secret-that-the-tests-seal-with")
    new = seal(b"secret", "tests")
    assert unseal(old, "tests") == unseal(new, "tests") == b"secret"
    keys("new-key")
    assert unseal(new, "tests") == b"secret"
    with pytest.raises(SealBroken):
        unseal(old, "tests")
    monkeypatch.undo()
    forget_settings()
