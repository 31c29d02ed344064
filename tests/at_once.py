"""What happens at once, in tests: acts that begin together, each in a thread of its own."""

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Barrier

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.orm import Session

from ravo.platform.secrets import database_url

# For what never comes; a busy machine takes its time.
PATIENCE_SECONDS = 60.0


@contextmanager
def connections() -> Generator[Engine]:
    """As many connections as are asked for, on which what is done is committed; the test clears it away."""
    engine = create_engine(database_url())
    try:
        yield engine
    finally:
        engine.dispose()


def at_once[Done](*acts: Callable[[], Done]) -> list[Done]:
    """Begin all acts together and wait for their ends; returns what they returned, or raises what one of them raised."""
    all_there = Barrier(len(acts), timeout=PATIENCE_SECONDS)

    def begin(act: Callable[[], Done]) -> Done:
        all_there.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        begun = [threads.submit(begin, act) for act in acts]
    return [each.result() for each in begun]


def in_transactions_at_once[Done, Refusal: Exception](
    engine: Engine, *acts: Callable[[Session], Done], refusing: type[Refusal] | tuple[()] = ()
) -> list[Done | Refusal]:
    """Do the same in a transaction each, on connections of their own; a refusal that is expected stands among what is returned."""
    with ExitStack() as opened:
        # Before any of them begins: making a connection takes longer than most races.
        made = [opened.enter_context(engine.connect()) for _ in acts]

        def do(connection: Connection, act: Callable[[Session], Done]) -> Done | Refusal:
            try:
                with Session(connection) as session, session.begin():
                    return act(session)
            except refusing as refusal:
                return refusal

        return at_once(*(lambda pair=pair: do(*pair) for pair in zip(made, acts, strict=True)))
