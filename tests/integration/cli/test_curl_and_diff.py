"""`curl` is pasted into a shell and does what it says; `diff` shows what differs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from store.reading.deliveries import read_content
from tests.conftest import SECRET

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Bench

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")


def run(bench: Bench, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "meterbase_tui", *arguments, "--db", str(bench.settings.db)],
        capture_output=True,
        timeout=120,
        check=False,
        env=os.environ | {"PROPEXO_WEBHOOK_SECRET": SECRET.decode()},
    )


def ping(note: str) -> bytes:
    body = {"event": "test.ping", "timestamp": "2026-03-25T10:00:00Z", "data": {"note": note}}
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


@needs_curl
@pytest.mark.parametrize(
    "body",
    [
        ping('it\'s "quoted" $HOME `id` \\ ! %s'),
        ping("東京 é 🏢"),
        ping("line\\nline") + b"\n\n",
    ],
)
def test_a_pasted_command_sends_the_same_bytes(bench: Bench, body: bytes, tmp_path: Path) -> None:
    bench.post(body, ("X-Odd", "a'b"), ("User-Agent", "Propexo/1"))
    command = run(bench, "curl", "1", "--url", bench.url).stdout
    assert SECRET not in command
    sent = subprocess.run(["bash", "-c", command], capture_output=True, check=True, cwd=tmp_path)
    assert json.loads(sent.stdout)["duplicate"] is True
    content = bench.read(read_content, 2)
    assert content is not None
    assert content.body == body
    assert (b"X-Odd", b"a'b") in content.headers
    assert (b"User-Agent", b"Propexo/1") in content.headers


@needs_curl
@pytest.mark.parametrize(
    "body", [b"\xff\x00no text", b"@/etc/hostname", b"x" * 100_000, b"\x1b[2J"]
)
def test_what_a_shell_cannot_hold_goes_into_a_file(
    bench: Bench, body: bytes, tmp_path: Path
) -> None:
    bench.post(body)
    refused = run(bench, "curl", "1", "--url", bench.url)
    assert refused.returncode == 2
    assert b"--body-file" in refused.stderr
    file = tmp_path / "it's a body"
    command = run(bench, "curl", "1", "--url", bench.url, "--body-file", str(file)).stdout
    assert file.read_bytes() == body
    assert file.stat().st_mode & 0o077 == 0
    subprocess.run(["bash", "-c", command], capture_output=True, check=True)
    content = bench.read(read_content, 2)
    assert content is not None
    assert content.body == body
    assert bench.deliveries()[1].verdict == "valid"


def test_a_refused_delivery_is_signed_rightly_this_time(bench: Bench) -> None:
    bench.post(ping("x"), signature="test_signature")
    command = run(bench, "curl", "1", "--url", bench.url).stdout.decode()
    assert "test_signature" not in command
    assert command.count("X-Propexo-Signature: sha256=") == 1
    assert run(bench, "curl", "9", "--url", bench.url).returncode == 4


def test_two_deliveries_field_by_field(inside: Callable[..., Any], store: Path) -> None:
    told = inside("diff", "2", "3", "--db", store, "--json").document
    by_path = {each["path"]: each for each in told["differences"]}
    assert by_path["data.status"] == {
        "path": "data.status", "kind": "changed", "before": "vacant", "after": "occupied"
    }  # fmt: skip
    assert "~ data.status  vacant → occupied" in inside("diff", "2", "3", "--db", store).out
    same = inside("diff", "2", "4", "--db", store)
    assert (same.code, same.out) == (0, "")
    assert inside("diff", "2", "99", "--db", store).code == 4
    # One of them is no JSON.
    assert inside("diff", "2", "5", "--db", store).code == 3
