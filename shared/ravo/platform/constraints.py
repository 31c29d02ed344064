"""Constraints that the database holds, as the refusals that they mean."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from ravo.platform.errors import Refusal


@contextmanager
def raising_for_constraints(refusals: Mapping[str, type[Refusal]]) -> Generator[None]:
    """Raise, for a violated constraint, the refusal listed under its name; what is not listed goes through.

    The database is asked by doing, not beforehand: between a look and a write someone else can be quicker.
    """
    try:
        yield
    except IntegrityError as error:
        name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
        refusal = refusals.get(str(name))
        if refusal is None:
            raise
        raise refusal from error
