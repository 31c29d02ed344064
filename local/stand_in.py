"""The AWS stand-in's process: moto behind two doors, of which the public one opens when its resources are there."""

import logging
import os
import socket
import sys
import threading
from types import ModuleType

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server


def main() -> None:
    """Serve on the first listening socket at once, on the second after a line on standard input; end with that input."""
    # A line for each request would be most of the disk that a day of polling takes.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    private, public = (int(number) for number in sys.argv[1:3])
    _leave_machines_out()
    application = DomainDispatcherApplication(create_backend_app)
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


def _serve(application: DomainDispatcherApplication, listening: int) -> None:
    host, port = socket.socket(fileno=os.dup(listening)).getsockname()[:2]
    server = make_server(host, port, application, threaded=True, request_handler=MotoRequestHandler, fd=listening)
    threading.Thread(target=server.serve_forever, daemon=True).start()


if __name__ == "__main__":
    main()
