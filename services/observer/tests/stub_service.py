"""A small real service in a process of its own: answers /health as kit does, nothing else.

Files in its working folder change what it does: `refuse` ends it at start, `unready` makes it
answer that its database is down, `slow` makes each answer take two seconds. SIGUSR1 makes its
first thread wait for ever, as a deadlock would.
"""

import contextlib
import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NAME = os.environ["VALERO_SERVICE"]
INSTANCE = os.environ["VALERO_INSTANCE"]


class Health(BaseHTTPRequestHandler):
    def do_GET(self):
        if Path(f"{INSTANCE}.slow").exists():
            time.sleep(2)
        unready = Path(f"{INSTANCE}.unready").exists()
        checks = {"database:responseTime": [{"status": "fail", "output": "away"}]}
        body = json.dumps(
            {
                "status": "fail" if unready else "pass",
                "serviceId": NAME,
                "x-instance": INSTANCE,
                "x-nonce": os.environ["VALERO_NONCE"],
                "x-pid": os.getpid(),
                "releaseId": "1.0.0",
                "checks": checks if unready else {},
            }
        ).encode()
        self.send_response(503 if unready else 200)
        self.send_header("Content-Type", "application/health+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle(self):
        with contextlib.suppress(ConnectionError):
            super().handle()

    def log_message(self, *_arguments):
        pass


if Path(f"{INSTANCE}.refuse").exists():
    print("cannot start: refused", flush=True)
    sys.exit(3)
signal.signal(signal.SIGUSR1, lambda *_: time.sleep(10_000))
print("ready", flush=True)
ThreadingHTTPServer(("127.0.0.1", int(os.environ["VALERO_PORT"])), Health).serve_forever()
