"""The command `meterbase-tui` without the half second of its start, for pages full of commands.

A process imports the program once and forks for each call; what stands on the PATH is a small
client that hands over its arguments, folder, environment and standard streams, passes signals on,
and ends with the same exit code. Nothing else differs: each call is a process of its own.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

_REPOSITORY = Path(__file__).parents[2]
_CLIENT = """#!{python} -IS
import json, os, signal, socket, sys
door = socket.socket(socket.AF_UNIX)
door.connect({path!r})
call = {{"argv": sys.argv[1:], "cwd": os.getcwd(), "environ": dict(os.environ)}}
socket.send_fds(door, [json.dumps(call).encode()], [0, 1, 2])
door.shutdown(socket.SHUT_WR)
answers = door.makefile()
pid = int(answers.readline())
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, lambda number, _: os.kill(pid, number))
sys.exit(int(answers.readline() or 1))
"""


class QuickCommand:
    """A folder for the PATH with `meterbase-tui` in it, as long as it is open."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "bin"
        self.path.mkdir()
        # The address of a Unix socket is short.
        door = folder / "door"
        command = self.path / "meterbase-tui"
        command.write_text(_CLIENT.format(python=sys.executable, path=str(door)))
        command.chmod(0o700)
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.stand_ins.quick_command", str(door)],
            cwd=_REPOSITORY,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._server.stdout is not None
        assert self._server.stdout.readline() == b"ready\n"

    def close(self) -> None:
        """Ends the process and every call that still runs."""
        os.killpg(self._server.pid, signal.SIGKILL)
        self._server.wait()
        assert self._server.stdout is not None
        self._server.stdout.close()


def _serve(path: str) -> None:
    from meterbase_tui import cli  # noqa: PLC0415 - the client's process must not import it

    for module in pkgutil.walk_packages(cli.__path__, "meterbase_tui.cli."):
        importlib.import_module(module.name)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
        door.listen(64)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        # Nobody waits for those who answer a call; the kernel takes them away.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        while True:
            call, _ = door.accept()
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                door.close()
                os._exit(_answer(call))
            call.close()


def _answer(call: socket.socket) -> int:
    """Runs one call in a process of its own, and tells the client its id and its exit code."""
    text, streams, _, _ = socket.recv_fds(call, 1 << 20, 3)
    wanted = json.loads(text)
    pid = os.fork()
    if pid == 0:
        call.close()
        os._exit(_run(wanted, streams))
    for stream in streams:
        os.close(stream)
    call.sendall(f"{pid}\n".encode())
    _, status = os.waitpid(pid, 0)
    call.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    return 0


def _run(wanted: dict[str, object], streams: list[int]) -> int:
    from meterbase_tui.cli import main  # noqa: PLC0415 - as above

    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(str(wanted["cwd"]))
    os.environ.clear()
    os.environ.update(wanted["environ"])  # type: ignore[call-overload]
    # Both were made when this process had other streams.
    for name, number in (("stdout", 1), ("stderr", 2)):
        setattr(sys, name, os.fdopen(number, "w", encoding="utf-8", closefd=False))
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    code = main([str(each) for each in wanted["argv"]])  # type: ignore[attr-defined]
    sys.stdout.flush()
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    _serve(sys.argv[1])
