"""`doctor` as people and programs run it, on receivers of this and of other processes."""

from __future__ import annotations

import http.server
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from receiver.checks import CheckName
from receiver.judging.signing import sign
from store.reader import Reader
from store.reading.deliveries import list_deliveries
from tests.conftest import SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.conftest import Bench

ROOT = Path(__file__).parents[3]
RUN = (
    "import sys; from meterbase_tui.cli.doctor import doctor;"
    " from meterbase_tui.cli.session import Session;"
    " sys.exit(doctor.main(sys.argv[1:], obj=Session(), standalone_mode=False))"
)


@dataclass
class Clinic:
    """A folder, and the commands run in it."""

    folder: Path
    secret: str = SECRET.decode()

    @property
    def db(self) -> Path:
        return self.folder / "store.db"

    @property
    def environ(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "METERBASE_DB": str(self.db),
            "METERBASE_TUNNEL": "none",
            "PROPEXO_WEBHOOK_SECRET": self.secret,
        }

    def doctor(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", RUN, *arguments],
            cwd=self.folder, env=self.environ, capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip

    def checks(self, *arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
        done = self.doctor("--json", *arguments)
        assert done.stderr == ""
        document = json.loads(done.stdout)
        assert document["ok"] == (done.returncode == 0)
        return done.returncode, {check["name"]: check for check in document["checks"]}

    @contextmanager
    def listening(self) -> Iterator[tuple[subprocess.Popen[str], int]]:
        """A receiver in another process, and its port."""
        command = [sys.executable, "-m", "meterbase_tui", "listen", "--json", "--port", "0"]
        process = subprocess.Popen(
            command, cwd=self.folder, env=self.environ, stdout=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            yield process, int(ready["url"].rpartition(":")[2].partition("/")[0])
        finally:
            process.kill()
            process.communicate()


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    return Clinic(tmp_path)


def test_before_the_first_start(clinic: Clinic) -> None:
    code, checks = clinic.checks("--port", "1")
    assert code == 0
    assert list(checks) == [name.value for name in CheckName]
    assert all(set(check) >= {"name", "status", "detail", "fix"} for check in checks.values())
    assert checks["receiver"]["status"] == "warn"
    assert checks["store"]["status"] == "skip"
    assert list(clinic.folder.iterdir()) == []


def test_a_receiver_of_another_process(clinic: Clinic) -> None:
    with clinic.listening() as (process, port):
        there = ("--port", str(port))
        code, checks = clinic.checks(*there)
        assert code == 0
        assert checks["receiver"]["detail"].startswith(f"Process {process.pid} listens")
        assert "was stored in" in checks["endpoint"]["detail"]
        assert "structure is sound" in checks["store"]["detail"]
        assert checks["signature_failures"]["status"] == "skip"
        assert origins(clinic.db) == {"sample"}

        # It is found by what it says of itself, whatever port is in the settings here.
        code, checks = clinic.checks("--port", "1")
        assert code == 0
        assert checks["receiver"]["detail"].startswith(f"Process {process.pid} listens")
        assert f":{port}/" in checks["receiver"]["detail"]

        code, checks = Clinic(clinic.folder, "another secret").checks(*there)
        assert code == 3
        assert checks["secret"]["status"] == checks["endpoint"]["status"] == "fail"
        assert "another secret is in force" in checks["secret"]["detail"]

        process.send_signal(signal.SIGSTOP)
        code, checks = clinic.checks(*there)
        assert code == 3
        assert "does not answer" in checks["receiver"]["detail"]

        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait(30)
    code, checks = clinic.checks(*there)
    assert (code, checks["receiver"]["status"]) == (0, "warn")
    # Nor is the ping under another secret taken for one of Propexo's.
    assert checks["signature_failures"]["status"] == "skip"


def origins(db: Path) -> set[str]:
    """Who sent what is in a log."""
    reader = Reader(db)
    with reader.connect() as connection:
        found = {each.origin.value for each in list_deliveries(connection)}
    reader.close()
    return found


def test_another_program_on_the_port(clinic: Clinic) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    code, checks = clinic.checks("--port", str(server.server_port))
    server.shutdown()
    server.server_close()
    assert (code, checks["receiver"]["status"]) == (3, "fail")
    assert "Another program answers" in checks["receiver"]["detail"]


def test_for_people(clinic: Clinic) -> None:
    done = clinic.doctor("--port", "1")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("✓ secret ")
    assert any(line.startswith("! receiver ") for line in lines)
    assert any(line.strip().startswith("→ Start `meterbase-tui`") for line in lines)
    assert done.stderr == "1 to look at.\n"
    assert SECRET.decode() not in done.stdout


def test_what_strangers_sent_is_made_visible(
    clinic: Clinic, open_bench: Callable[..., AbstractContextManager[Bench]]
) -> None:
    with open_bench(db=clinic.db) as bench:
        body = json.dumps(
            {
                "event": "data.new",
                "timestamp": "2026-03-25T10:00:00Z",
                "connection_id": "conn_\u3164",
                "resource_type": "unit",
                "data": {"id": "u", "property_id": "p"},
            }
        ).encode()
        assert bench.post(body, signature=sign(SECRET, body)).status == 200
        bench.settle()
    done = clinic.doctor("--port", "1")
    assert "conn_\\u3164 (1 event)" in done.stdout
    assert "\u3164" not in done.stdout
    assert "connections add ID" in done.stdout


def test_settings_that_are_wrong_are_told_as_such(clinic: Clinic) -> None:
    done = clinic.doctor("--port", "99999")
    assert done.returncode == 1
    assert "must be a port" in done.stderr
