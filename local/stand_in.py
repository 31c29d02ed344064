"""The AWS stand-in's process: moto behind two doors, of which the public one opens when its resources are there."""

import json
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from local.mail import MAILS

type Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def main() -> None:
    """Serve on the first listening socket at once, on the second after a line on standard input; end with that input."""
    # A line for each request would be most of the disk that a day of polling takes.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    private, public = (int(number) for number in sys.argv[1:3])
    _leave_machines_out()
    application = _telling_of_mails(DomainDispatcherApplication(create_backend_app))
    _serve(application, private)
    if sys.stdin.buffer.readline():
        _serve(application, public)
        sys.stdin.buffer.read()
    # Nothing is kept, so nothing needs an orderly end.
    os._exit(0)


def _leave_machines_out() -> None:
    """Have parameters without EC2: moto imports that beside them, to run commands on machines, of which there are none here, and takes longer for it than for all else."""
    machines = ModuleType("moto.ec2")
    vars(machines)["ec2_backends"] = {}
    sys.modules[machines.__name__] = machines


def _telling_of_mails(moto: Application) -> Application:
    """Answer for mails, and leave everything else to moto, which tells of all that it holds or of nothing: the longer it runs, the longer that takes."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != MAILS:
            return moto(environ, start_response)
        taken = list(_mails())
        told = json.dumps({"total": len(taken), "mails": taken[int(environ["QUERY_STRING"] or 0) :]}).encode()
        start_response("200 OK", [("content-type", "application/json"), ("content-length", str(len(told)))])
        return [told]

    return answer


def _mails() -> Iterable[str]:
    """All mails as they travel, the oldest first."""
    # As long as nobody sends any, moto has not loaded what takes them.
    models = sys.modules.get("moto.ses.models")
    accounts = list(models.ses_backends.values()) if models else []
    return (mail.raw_data for account in accounts for place in list(account.values()) for mail in place.sent_messages)


def _serve(application: Application, listening: int) -> None:
    host, port = socket.socket(fileno=os.dup(listening)).getsockname()[:2]
    server = make_server(host, port, application, threaded=True, request_handler=MotoRequestHandler, fd=listening)
    threading.Thread(target=server.serve_forever, daemon=True).start()


if __name__ == "__main__":
    main()
