"""What the file system says of the files that matter."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from meterbase_tui.private_files import owner_of
from receiver.checks.exposure import ExposedFile
from receiver.checks.store_facts import Obstacle, ObstacleKind, StoreFacts

if TYPE_CHECKING:
    from collections.abc import Iterable

_OTHERS = 0o077
_MOUNTS = Path("/proc/mounts")
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "9p", "drvfs", "ncpfs", "glusterfs", "ceph",
     "davfs", "fuse.sshfs", "fuse.s3fs", "fuse.rclone", "fuse.davfs2", "vboxsf", "fuse.vmhgfs-fuse"}
)  # fmt: skip


def exposed_files(paths: Iterable[Path]) -> tuple[ExposedFile, ...]:
    """Those files that others than their owner can read, with their mode."""
    found = []
    for path in paths:
        try:
            mode = path.stat().st_mode & 0o777
        except OSError:
            continue
        if mode & _OTHERS:
            found.append(ExposedFile(str(path), mode))
    return tuple(found)


def identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another one that takes its name; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def read_store_files(
    path: Path,
    *,
    problem: str | None = None,
    opened: tuple[int, int] | None = None,
    makes_folder: bool = False,
    mounts: Path = _MOUNTS,
) -> StoreFacts:
    """The store's files as they are now.

    Args:
        path: the store.
        problem: why it could not be read.
        opened: the `identity` of the file when it was opened.
        makes_folder: whether a receiver would make the store's folder.
        mounts: the kernel's list of mounted file systems.
    """
    now = identity(path)
    return StoreFacts(
        path=str(path),
        missing=now is None,
        problem=problem,
        replaced=opened is not None and now is not None and now != opened,
        size=_size(path),
        wal_size=_size(Path(f"{path}-wal")),
        free=_free(path.parent),
        writable=now is None or _writable(path),
        obstacle=None if now else _obstacle(path.absolute(), makes_folder=makes_folder),
        network_file_system=_network_file_system(path, mounts),
        exposed=exposed_files([path]),
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _free(folder: Path) -> int | None:
    try:
        disk = os.statvfs(folder)
    except OSError:
        return None
    return disk.f_bavail * disk.f_frsize


def _writable(path: Path) -> bool:
    """Whether the file and its folder take what is written; a read-only disk does not."""
    # SQLite keeps its log beside the file, so the folder has to be writable too.
    return all(os.access(each, os.W_OK) for each in (path.parent, path))


def _obstacle(path: Path, *, makes_folder: bool) -> Obstacle | None:
    """What would keep a receiver from making the file at `path`, without trying it."""
    wanted = path.parent
    folder = _nearest(wanted)
    if not folder.is_dir():
        return Obstacle(ObstacleKind.NOT_A_FOLDER, str(folder))
    if not os.access(folder, os.X_OK):
        return Obstacle(ObstacleKind.CLOSED, str(folder), owner_of(folder))
    if folder != wanted and not makes_folder:
        return Obstacle(ObstacleKind.NO_FOLDER, str(wanted))
    if not os.access(folder, os.W_OK):
        return Obstacle(ObstacleKind.READ_ONLY, str(folder), owner_of(folder))
    return None


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest above it that can be seen."""
    # Not by `Path.exists`, which raises where a folder above may not be entered.
    return next((each for each in (folder, *folder.parents) if os.path.lexists(each)), folder)


def _network_file_system(path: Path, mounts: Path) -> str | None:
    """The kind of the network file system that a path lies on, if it does."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    place = PurePath(os.path.realpath(path))
    entries = [line.split(" ") for line in lines]
    # Spaces in a mount point are written as octal; the longest that contains the path is its own.
    holding = [
        (entry[1].replace("\\040", " "), entry[2])
        for entry in entries
        if len(entry) > 2 and place.is_relative_to(entry[1].replace("\\040", " "))  # noqa: PLR2004
    ]
    kind = max(holding, key=lambda each: len(each[0]), default=("", ""))[1]
    return kind if kind in _NETWORK else None
