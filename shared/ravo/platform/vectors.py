"""How pgvector's half vectors are sent: as bytes, which are written and read in a tenth of the time of their text."""

from typing import TYPE_CHECKING, Any, override

from psycopg import Connection
from psycopg.adapt import Dumper
from psycopg.pq import Format

if TYPE_CHECKING:
    from pgvector import HalfVector


class _HalfVectorDumper(Dumper):
    format = Format.BINARY

    @override
    def dump(self, obj: "HalfVector") -> bytes:
        return obj.to_binary()


def make_known(connection: Connection[Any], _record: object = None) -> None:
    """Let a connection send half vectors; their statements say `CAST(… AS halfvec)`.

    By name, since few functions send vectors, and pgvector's own dumpers would have all of them import it.
    """
    connection.adapters.register_dumper("pgvector.halfvec.HalfVector", _HalfVectorDumper)
