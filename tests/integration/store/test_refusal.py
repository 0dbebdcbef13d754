"""What is not ours is refused with a sentence, and left as it was, to the byte."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from store.database import Database
from store.errors import StoreMissingError, StoreRefusedError, StoreUnavailableError
from store.reader import Reader
from store.structure.schema import SCHEMA_VERSION
from tests.stand_ins.arrivals import accepted, look

if TYPE_CHECKING:
    from collections.abc import Callable


def a_store(path: Path, count: int = 60) -> None:
    async def fill(database: Database) -> None:
        arrivals = (accepted(number, padding=1_500) for number in range(count))
        await asyncio.gather(*(database.append(arrival, 30) for arrival in arrivals))

    database = Database(path)
    asyncio.run(fill(database))
    database.close()
    path.with_name(path.name + ".lock").unlink()


def foreign(path: Path, *, mode: str = "delete") -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA journal_mode = {mode}")
        connection.execute("CREATE TABLE precious (x)")
        connection.execute("INSERT INTO precious VALUES (1)")
        connection.commit()


def foreign_with_our_tables(path: Path) -> None:
    a_store(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 7")


def foreign_without_tables(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 7")


def newer(path: Path) -> None:
    a_store(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 3}")


def garbage_in_the_middle(path: Path) -> None:
    a_store(path)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2 // 4096 * 4096)
        file.write(b"\xa5" * 4096)


def garbage_in_the_schema(path: Path) -> None:
    a_store(path)
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 1_000)


def zeroed_header(path: Path) -> None:
    a_store(path)
    with path.open("r+b") as file:
        file.write(b"\0" * 100)


def zeroed(path: Path) -> None:
    path.write_bytes(b"\0" * 20_000)


def text(path: Path) -> None:
    path.write_text("Dear diary,\n" * 500, encoding="utf-8")


def truncated_to(size: float) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        a_store(path)
        whole = path.stat().st_size
        os.truncate(path, int(size * whole) if size < 1 else int(size))

    return make


def without_its_last_page(path: Path) -> None:
    a_store(path)
    os.truncate(path, path.stat().st_size - 4096)


CASES: dict[str, tuple[Callable[[Path], None], str]] = {
    "another program's": (foreign, "another program"),
    "another program's in WAL mode": (lambda path: foreign(path, mode="wal"), "another program"),
    "ours but for the owner": (foreign_with_our_tables, "another program"),
    "another program's, still empty": (foreign_without_tables, "another program"),
    "newer": (newer, f"newer meterbase-tui .schema {SCHEMA_VERSION + 3}"),
    "garbage in the middle": (garbage_in_the_middle, "damaged"),
    "garbage in the schema": (garbage_in_the_schema, "damaged"),
    "zeroed header": (zeroed_header, "not a database"),
    "zeroed": (zeroed, "not a database"),
    "text": (text, "not a database"),
    "cut to 50 bytes": (truncated_to(50), "not a database"),
    "cut to a page": (truncated_to(4096), "damaged"),
    "cut to 5,000 bytes": (truncated_to(5_000), "damaged"),
    "cut in half": (truncated_to(0.5), "damaged"),
    "without its last page": (without_its_last_page, "damaged"),
}


def photograph(folder: Path) -> dict[str, str]:
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.iterdir()
        if file.is_file()
    }


@pytest.mark.parametrize("opener", [Database, Reader])
@pytest.mark.parametrize(("make", "sentence"), CASES.values(), ids=CASES)
def test_the_file_is_refused_and_untouched(
    path: Path, make: Callable[[Path], None], sentence: str, opener: type[Database | Reader]
) -> None:
    make(path)
    before = photograph(path.parent)

    with pytest.raises(StoreRefusedError, match=sentence) as refusal:
        opener(path)

    assert str(path) in str(refusal.value)
    assert "--db" in str(refusal.value)
    # Nor is anything left beside it: no log, no lock.
    assert photograph(path.parent) == before


def test_a_foreign_file_in_use_is_untouched_with_what_is_in_its_log(path: Path) -> None:
    with closing(sqlite3.connect(path)) as owner:
        owner.execute("PRAGMA journal_mode = WAL")
        owner.execute("CREATE TABLE precious (x)")
        owner.commit()
        files = [path, path.with_name(path.name + "-wal")]
        before = [file.read_bytes() for file in files]

        with pytest.raises(StoreRefusedError, match="another program"):
            Database(path)

        assert [file.read_bytes() for file in files] == before
        owner.execute("INSERT INTO precious VALUES (1)")
        owner.commit()
    assert look(path, "SELECT count(*) FROM precious") == [1]


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreRefusedError, match="is a folder"):
        Database(tmp_path)


def test_a_missing_folder_is_refused_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreRefusedError, match=r"does not exist\. Create it"):
        Database(tmp_path / "nowhere" / "store.db")

    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_refused() -> None:
    # Root may write anywhere else; in /proc nobody may.
    with pytest.raises(StoreRefusedError, match=r"cannot be written .* --db"):
        Database(Path("/proc/store.db"))


def test_a_lock_file_that_cannot_be_locked_is_refused(path: Path) -> None:
    path.with_name(path.name + ".lock").mkdir()

    with pytest.raises(StoreRefusedError, match=r"lock file .* cannot be written"):
        Database(path)


def test_a_reader_says_that_there_is_no_store_yet_and_makes_none(path: Path) -> None:
    with pytest.raises(StoreMissingError, match="no store at"):
        Reader(path)

    assert not path.exists()


@pytest.mark.parametrize("content", [None, b""], ids=["missing", "empty"])
def test_a_new_store_is_made_and_only_its_owner_can_read_it(
    path: Path, content: bytes | None
) -> None:
    if content is not None:
        path.write_bytes(content)
        path.chmod(0o644)
    before = os.umask(0)
    try:
        database = Database(path)
        asyncio.run(database.append(accepted(1), 30))
    finally:
        os.umask(before)

    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    database.close()

    names = ["store.db", "store.db-wal", "store.db-shm", "store.db.lock"]
    assert modes == dict.fromkeys(names, 0o600)


def test_a_store_is_known_again_and_kept(path: Path) -> None:
    a_store(path, count=5)
    before = look(path, "SELECT id, identity, body FROM deliveries ORDER BY id")

    Database(path).close()

    assert look(path, "SELECT id, identity, body FROM deliveries ORDER BY id") == before
    assert look(path, "PRAGMA application_id") == [int.from_bytes(b"MBTU")]
    assert look(path, "PRAGMA user_version") == [SCHEMA_VERSION]


@pytest.mark.parametrize(("with_sample", "expected"), [(True, ["conn_abc123"]), (False, [])])
def test_a_new_store_may_know_the_sample_connection(
    path: Path, with_sample: bool, expected: list[str]
) -> None:
    Database(path, with_sample=with_sample).close()
    Database(path, with_sample=True).close()  # only a new store is given it

    assert look(path, "SELECT connection_id FROM connections WHERE registered") == expected


def test_damage_that_shows_up_later_is_the_store_s_fault_and_no_event_s(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_store(path)
    (page,) = look(path, "SELECT rootpage FROM sqlite_master WHERE name = 'units'")
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 4096)
    # As in a store that is too large to be checked whole at every start.
    monkeypatch.setattr("store.structure.schema._QUICK_CHECK_BYTES", 0)
    database = Database(path)

    with pytest.raises(StoreUnavailableError, match="malformed"):
        database.write(
            lambda connection: connection.exec_driver_sql(
                "INSERT INTO units (connection_id, unit_id) VALUES ('c', 'u')"
            ).close()
        ).result(30)

    assert asyncio.run(database.append(accepted(1_000), 30)).delivery_id == 61
    database.close()
