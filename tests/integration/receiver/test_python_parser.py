"""aiohttp without its compiled parser, as on machines that have no wheel of it: it lets more in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PROGRAM = """
import json, sys
from pathlib import Path
from aiohttp import http_parser
from meterbase_tui.runtime import open_runtime
from meterbase_tui.settings import Settings
from receiver.tunnel import ProviderName
from tests.conftest import SECRET, Bench
from tests.integration.receiver.conftest import new_ping, request

assert http_parser.HttpRequestParser is http_parser.HttpRequestParserPy
path = Path(sys.argv[1]) / "store.db"
with open_runtime(Settings(db=path, port=0, secret=SECRET, tunnel=ProviderName.NONE)) as runtime:
    bench = Bench(runtime)
    post = b"POST /api/webhooks/propexo"
    replies = [
        bench.send(request(new_ping(), first=b"POST /\\xff\\x80 HTTP/1.1")),
        bench.send(request(new_ping(), first=post + b"?\\xff HTTP/1.1")),
        bench.send(request(new_ping())),
    ]
    with bench.dial() as wire:
        head = request(b"", b"Transfer-Encoding: chunked", b"Expect: 100-continue", length=None)
        wire.send(head)
        replies.append(wire.receive())
        wire.send(b"2\\r\\n{}\\r\\n")
        wire.send(b"zz\\r\\n")
        replies.append(wire.receive())
    rows = [[row.status, row.path, row.size] for row in bench.deliveries()]
    print(json.dumps([[reply.status for reply in replies], rows]))
    bench.close()
"""


def test_bytes_that_are_no_text_and_chunks_that_are_none_are_refused_and_logged(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, str(tmp_path)],
        env=os.environ | {"AIOHTTP_NO_EXTENSIONS": "1", "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    statuses, rows = json.loads(done.stdout)
    route = "/api/webhooks/propexo"
    # The third request is sent after the others: what they were did not reach it.
    assert statuses == [404, 200, 200, 100, 400]
    assert rows == [
        [404, "/\\xff\\x80", 0],
        [200, f"{route}?\\xff", rows[1][2]],
        [200, route, rows[2][2]],
        [400, route, 2],
    ]
