"""Vectors on their way to the database."""

from typing import Any

import pytest
from pgvector import HalfVector
from sqlalchemy import text

from ravo.platform.database import reading


def test_a_vector_arrives_as_it_was(database: Any) -> None:
    with reading() as session:
        arrived = session.scalar(
            text("SELECT CAST(CAST(:vector AS halfvec(4)) AS text)"), {"vector": HalfVector([0, 0.25, -1, 65_504])}
        )

    assert arrived == "[0,0.25,-1,65504]"


def test_a_number_that_no_half_can_hold_is_an_error() -> None:
    with pytest.raises(OverflowError):
        HalfVector([70_000.0])
