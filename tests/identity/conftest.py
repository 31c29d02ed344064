"""Someone who has an app for one-time passwords."""

from typing import Any

import pytest

from ravo.identity.recovery_codes import queries as recovery_codes
from ravo.identity.totp import queries, service
from tests.identity.second_factors import Ada, Clock


@pytest.fixture
def clock(database: Any, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that the test moves."""
    made = Clock()
    for module in (service, queries, recovery_codes):
        monkeypatch.setattr(module, "now", made)
    return made


@pytest.fixture
def ada(clock: Clock, database: Any) -> Ada:
    """Ada without a second factor."""
    return Ada(clock, database)
