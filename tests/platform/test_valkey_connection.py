"""The connection to Valkey: what is answered, what is refused, and what becomes of it when the other side goes."""

import socket
import ssl
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ravo.platform import valkey, valkey_connection
from ravo.platform.settings import settings
from ravo.platform.valkey import ValkeyUnavailable
from ravo.platform.valkey_connection import Connection, Disconnected


@pytest.fixture
def connection(database: Any) -> Iterator[Connection]:
    """A connection of the test's own to the Valkey that is there."""
    made = Connection(settings().valkey_url or "")
    yield made
    made.close()


@contextmanager
def answering(
    *answers: bytes, dressed: Callable[[socket.socket], socket.socket] = lambda plain: plain
) -> Generator[Any]:
    """A server that says one of these to each connection, a byte at a time, and hangs up when asked again."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for answer in answers:
                plain, _ = server.accept()
                # A guest that does not trust the server is gone before it says anything.
                with suppress(OSError), dressed(plain) as guest:
                    heard.append(guest.recv(1000))
                    for byte in answer:
                        guest.sendall(bytes([byte]))
                    heard.append(guest.recv(1000))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], heard
        thread.join(5)


def test_answers_come_in_the_order_of_the_commands(connection: Connection) -> None:
    answers = connection.execute([("SET", "a", b"\x00\r\n"), ("GET", "a"), ("GET", "b"), ("INCR", "n"), ("KEYS", "a*")])

    assert answers == [b"OK", b"\x00\r\n", None, 1, [b"a"]]


def test_a_large_answer_comes_whole(connection: Connection) -> None:
    connection.execute([("SET", "a", b"x" * 3_000_000)])

    assert connection.execute([("GET", "a")]) == [b"x" * 3_000_000]


def test_what_is_refused_counts_as_not_answered_and_the_rest_is_done(database: Any, connection: Connection) -> None:
    _, refused, got = connection.execute([("SET", "a", 1), ("INCR", "a", "b"), ("GET", "a")])
    assert (type(refused).__name__, got) == ("ReplyError", b"1")

    with pytest.raises(ValkeyUnavailable, match="wrong number of arguments"):
        valkey.execute("INCR", "a", "b")
    valkey.forget_connection()


def test_a_connection_that_was_closed_meanwhile_is_opened_anew(connection: Connection) -> None:
    (number,) = connection.execute([("CLIENT", "ID")])
    valkey.execute("CLIENT", "KILL", "ID", number)

    assert connection.execute([("PING",)]) == [b"PONG"]
    assert connection.execute([("CLIENT", "ID")]) != [number]


def test_an_answer_in_pieces_is_put_together() -> None:
    with answering(b"+PONG\r\n") as (port, heard):
        connection = Connection(f"redis://127.0.0.1:{port}")
        assert connection.execute([("PING",)]) == [b"PONG"]
        connection.close()

    assert heard == [b"*1\r\n$4\r\nPING\r\n", b""]


@pytest.mark.parametrize(("said", "reason"), [(b"", TimeoutError), (b"$9\r\nhalf", TimeoutError), (b"?", Disconnected)])
def test_a_server_that_makes_no_sense_is_given_up(
    said: bytes, reason: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(said, b"+PONG\r\n") as (port, _):
        connection = Connection(f"redis://127.0.0.1:{port}")
        with monkeypatch.context() as patched:
            patched.setattr(valkey_connection, "TIMEOUT_SECONDS", 0.2)
            with pytest.raises(reason):
                connection.execute([("PING",)])

        assert connection.execute([("PING",)]) == [b"PONG"]
        connection.close()


def test_a_reply_that_comes_late_is_not_taken_for_the_next_one() -> None:
    with answering(b"", b"+PONG\r\n") as (port, _):
        connection = Connection(f"redis://127.0.0.1:{port}")
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(valkey_connection, "TIMEOUT_SECONDS", 0.2)
            with pytest.raises(TimeoutError):
                connection.execute([("GET", "a")])

        assert connection.execute([("PING",)]) == [b"PONG"]
        connection.close()


def test_threads_read_each_their_own_answers(connection: Connection) -> None:
    def ask(number: int) -> bool:
        return all(
            connection.execute([("ECHO", f"{number}-{turn}")]) == [f"{number}-{turn}".encode()] for turn in range(50)
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(8)))


def test_a_server_that_hangs_up_is_told_from_one_that_is_silent() -> None:
    with answering(b"+OK\r\n") as (port, _):
        connection = Connection(f"redis://127.0.0.1:{port}")
        connection.execute([("PING",)])
        with pytest.raises(Disconnected, match="closed before it replied"):
            connection.execute([("PING",)])


@pytest.mark.parametrize(
    ("login", "sent"),
    [("shop:p%40ss", b"$4\r\nshop\r\n$4\r\np@ss\r\n"), (":secret", b"$7\r\ndefault\r\n$6\r\nsecret\r\n")],
)
def test_a_login_goes_first(login: str, sent: bytes) -> None:
    with answering(b"+OK\r\n") as (port, heard):
        connection = Connection(f"redis://{login}@127.0.0.1:{port}")
        with pytest.raises(Disconnected):
            connection.execute([("PING",)])

    assert heard == [b"*3\r\n$4\r\nAUTH\r\n" + sent, b"*1\r\n$4\r\nPING\r\n"]


def test_a_login_that_gets_nonsense_for_an_answer_opens_nothing() -> None:
    with answering(b"?") as (port, _), pytest.raises(Disconnected):
        Connection(f"redis://:secret@127.0.0.1:{port}").execute([("GET", "a")])


def test_a_login_that_is_refused_opens_nothing() -> None:
    with answering(b"-WRONGPASS invalid\r\n") as (port, heard), pytest.raises(Disconnected, match="login is refused"):
        Connection(f"redis://:wrong@127.0.0.1:{port}").execute([("GET", "a")])

    assert heard[1] == b""


def test_nobody_there_is_said_at_once(tmp_path: Path) -> None:
    for nowhere in (f"unix://{tmp_path}/nowhere.sock", "redis://127.0.0.1:9", "rediss://127.0.0.1:9"):
        with pytest.raises(OSError, match=r"No such file|refused"):
            Connection(nowhere).execute([("PING",)])


def test_a_server_with_tls_has_to_prove_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = _certified(tmp_path, "localhost")

    def dressed(plain: socket.socket) -> socket.socket:
        return context.wrap_socket(plain, server_side=True)

    with answering(b"", b"+PONG\r\n", dressed=dressed) as (port, _):
        connection = Connection(f"rediss://localhost:{port}")
        with pytest.raises(ssl.SSLCertVerificationError):
            connection.execute([("PING",)])
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        assert connection.execute([("PING",)]) == [b"PONG"]
        connection.close()


def _certified(folder: Path, host: str) -> ssl.SSLContext:
    """A server's context with a certificate of its own for a host."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    (folder / "certificate.pem").write_bytes(pem)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "both.pem").write_bytes(pem + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context
