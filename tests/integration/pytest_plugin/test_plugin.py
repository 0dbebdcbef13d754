"""The plugin in a pytest of its own, on applications of three kinds."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

APPLICATION = """
import hashlib, hmac

SECRET = "the application's own secret"
seen = []

def handle(body, headers):
    given = headers.get("X-Propexo-Signature") or headers.get("HTTP_X_PROPEXO_SIGNATURE")
    right = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    if given is None or not hmac.compare_digest(given, right):
        return 401
    seen.append(body)
    return 200
"""
TESTS = """
import json

def test_a_move_in(propexo):
    propexo.prepare("data.update.unit.move_in")
    assert propexo.post("data.update.unit.move_in", set={"data.sqft": 7}) == 200
    assert [json.loads(each.body)["event"] for each in propexo.sent] == ["data.new", "data.update"]
    assert json.loads(propexo.sent[-1].body)["data"]["sqft"] == 7
    assert propexo.retry() == 200
    assert propexo.sent[-1].body == propexo.sent[-2].body

def test_a_scenario(propexo):
    report = propexo.play("receiver_down_and_back")
    assert (report.delivered, report.given_up, report.answers["200"]) == (14, 0, 14)
    stamps = [json.loads(each.body)["timestamp"] for each in propexo.sent]
    assert len(stamps) == 14
    assert stamps == sorted(stamps)
    refused = propexo.play("attacker")
    assert (refused.answers, refused.given_up) == ({"401": 24}, 24)

def test_what_has_to_be_refused(propexo):
    for mistake in ("missing", "upper_case", "wrong_secret", "body_reserialized"):
        assert propexo.post("test.ping", mistake=mistake) == 401, mistake
"""
BY_FUNCTION = """
import pytest
from application import SECRET, handle

@pytest.fixture
def propexo_secret():
    return SECRET

@pytest.fixture
def propexo_transport():
    return handle
"""
BY_WSGI = """
import io, pytest
from application import SECRET, handle

class Answer:
    status = "200 OK"

def application(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response(f"{handle(body, environ)} Whatever", [])
    return [b""]

@pytest.fixture
def propexo_secret():
    return SECRET

@pytest.fixture
def propexo_transport():
    def send(body, headers):
        answer = Answer()
        def start(status, _):
            answer.status = status
        names = {f"HTTP_{k.upper().replace('-', '_')}": v for k, v in headers.items()}
        list(application({"wsgi.input": io.BytesIO(body), **names}, start))
        return answer
    return send
"""
BY_HTTP = """
import http.server, threading, pytest
from application import SECRET, handle

class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(handle(body, dict(self.headers)))
        self.end_headers()
    def log_message(self, *_): pass

@pytest.fixture
def propexo_secret():
    return SECRET

@pytest.fixture
def propexo_url():
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/api/webhooks/propexo"
    server.shutdown()
    server.server_close()
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("conftest", [BY_FUNCTION, BY_WSGI, BY_HTTP], ids=["call", "wsgi", "http"])
def test_an_application_is_tested(tmp_path: Path, conftest: str) -> None:
    (tmp_path / "application.py").write_text(APPLICATION)
    (tmp_path / "conftest.py").write_text(conftest)
    (tmp_path / "test_webhooks.py").write_text(TESTS)
    done = run(tmp_path)
    assert "3 passed" in done.stdout, done.stdout


def test_what_fails_is_told_and_an_unused_plugin_imports_nothing(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "import pytest\n@pytest.fixture\ndef propexo_transport():\n    return lambda b, h: 500\n"
    )
    (tmp_path / "test_x.py").write_text(
        "import sys\n"
        "def test_a(propexo):\n    propexo.prepare('data.update.unit.move_in')\n"
        "def test_b(propexo):\n    propexo.post('data.new.unt')\n"
    )
    done = run(tmp_path)
    assert "data_new_unit was answered with 500" in done.stdout
    assert "Did you mean data_new_unit" in done.stdout
    (tmp_path / "test_x.py").write_text(
        "import sys\ndef test_c():\n"
        "    ours = {'sample_payloads.catalogue', 'store.records', 'aiohttp'}\n"
        "    assert not ours & set(sys.modules)\n"
    )
    assert "1 passed" in run(tmp_path).stdout
