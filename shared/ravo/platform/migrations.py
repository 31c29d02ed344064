"""Schema migrations: run forward before traffic moves to new code, backward in tests and emergencies."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, MetaData, text

from ravo.platform.database import Base, engine
from ravo.platform.settings import settings

if TYPE_CHECKING:
    from alembic.config import Config

# The package that all of ours stand in; a module with tables is called `models`.
_OURS = Path(__file__).parents[1]

# Held while migrating, so that two deployments never run the same migration at the same time.
_LOCK = text("SELECT pg_advisory_lock(hashtext('ravo.migrations'))")
_UNLOCK = text("SELECT pg_advisory_unlock(hashtext('ravo.migrations'))")


def upgrade(revision: str = "head") -> str:
    """Migrate forward and return the revision reached; nothing happens when it is reached already."""
    from alembic import command

    with engine().connect() as connection:
        return _locked(connection, lambda: command.upgrade(_config(connection), revision))


def downgrade(revision: str) -> str:
    """Migrate backward and return the revision reached."""
    from alembic import command

    with engine().connect() as connection:
        return _locked(connection, lambda: command.downgrade(_config(connection), revision))


def metadata() -> MetaData:
    """Return what all domains' models say the tables are."""
    for path in sorted({*_OURS.rglob("models.py"), *_OURS.rglob("models/*.py")}):
        import_module(".".join(path.relative_to(_OURS.parent).with_suffix("").parts))
    return Base.metadata


def table_names() -> frozenset[str]:
    """Return the names of Ravo's own tables."""
    return frozenset(metadata().tables)


def _locked(connection: Connection, migrate: Callable[[], None]) -> str:
    connection.execute(_LOCK)
    connection.commit()
    try:
        migrate()
        reached = connection.scalar(text("SELECT version_num FROM alembic_version"))
        connection.commit()
        return str(reached or "base")
    finally:
        connection.rollback()
        connection.execute(_UNLOCK)
        connection.commit()


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", settings().migrations_path)
    config.attributes["connection"] = connection
    return config
