"""The machine sleeps and wakes, and its disk is full and has room again."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.conftest import wait_until
from tests.stand_ins.receiver_process import signed_request
from tests.stress.house import House, write_body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KIB, MIB = 1 << 10, 1 << 20
_SLEEP_S = 3.5
"""Longer than a body may take to arrive."""


@pytest.mark.stress
def test_a_sleep_is_no_reason_to_refuse_what_was_sent_meanwhile(house: House) -> None:
    receiver = house.receiver
    receiver.start()
    body = write_body()
    with receiver.dial() as half, receiver.dial() as whole:
        half.send(signed_request(body)[:-1])
        receiver.send(signal.SIGSTOP)
        whole.send(signed_request(body))
        time.sleep(_SLEEP_S)
        receiver.send(signal.SIGCONT)
        reply = whole.receive()
        late = half.receive()
    assert reply is not None
    assert reply.status == 200
    assert late is not None
    assert late.status == 408
    house.account.note(body, reply)
    house.account.note(None, late)
    # Those that come later know nothing of it.
    house.deliver_until_taken(write_body(sqft=901))
    house.finish()


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[None]:
    """A file system of so many bytes; only root may have one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if (
        not shutil.which("mount")
        or subprocess.run(mount, capture_output=True, check=False).returncode
    ):
        pytest.skip("only root may mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def require_survived(house: House, make_room: Callable[[], object]) -> None:
    """Fills what room there is and makes more: it need not be started again."""
    statuses = [_deliver(house, number) for number in range(120)]
    assert statuses[0] == 200
    assert statuses[-1] == 503
    assert set(statuses) == {200, 503}
    house.require_kept()
    make_room()
    wait_until(lambda: _deliver(house, 500) == 200, "there is room again", 10)
    house.finish()


def test_a_full_disk_takes_nothing_and_loses_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    more = ["mount", "-o", f"remount,size={32 * MIB}", str(disk)]
    with small_disk(disk, 2 * MIB):
        house = House(disk)
        try:
            house.receiver.start()
            require_survived(house, lambda: subprocess.run(more, check=True))
        finally:
            house.close()


def test_files_that_may_not_grow_take_nothing_and_lose_nothing(house: House) -> None:
    """The same for a user who may not mount anything: the system cuts the store's files off."""
    receiver = house.receiver
    receiver.start()
    receiver.limit("RLIMIT_FSIZE", 2 * MIB)
    require_survived(house, lambda: receiver.limit("RLIMIT_FSIZE", None))


def _deliver(house: House, number: int) -> int:
    body = write_body(sqft=number)
    # White space, so that it is worth something on a disk, and the model need not know of it.
    reply = house.deliver(body[:-1] + b" " * 40 * KIB + b"}")
    assert reply is not None
    return reply.status
