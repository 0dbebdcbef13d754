"""`status`: the store and its receiver at one look."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from meterbase_tui.cli.options import STORE, json_option, setting_options
from meterbase_tui.cli.session import open_reader
from meterbase_tui.text import visible
from meterbase_tui.widgets.rows import Cell, Tone
from meterbase_tui.wording.values import size

if TYPE_CHECKING:
    from meterbase_tui.cli.console import Console
    from meterbase_tui.cli.session import Session
    from meterbase_tui.receiving.presence import Presence
    from meterbase_tui.settings import Settings
    from store.pruning.retention_plan import Plan
    from store.reader import Connection
    from store.records import Json

_WIDTH = 14


@click.command()
@setting_options((*STORE, "keep_days", "keep_deliveries", "keep_size", "log_file"))
@json_option
@click.pass_obj
def status(session: Session, /, *, as_json: bool) -> None:
    """Show the store and its receiver at one look.

    How much there is, how far the search index has come, what the limits are and what they would
    delete now, and who receives. `meterbase-tui doctor` judges it.
    """
    from meterbase_tui.receiving.presence import read_presence  # noqa: PLC0415 - `--help` does without

    settings = session.load()
    presence = read_presence(settings.db)
    with open_reader(settings) as reader, reader.connect() as connection:
        document = _read(connection, settings, presence)
    if as_json:
        session.console.json_document(document)
    else:
        _print(session.console, document)


def _read(connection: Connection, settings: Settings, presence: Presence | None) -> dict[str, Json]:
    from store.pruning.retention_plan import make_plan  # noqa: PLC0415 - it takes SQLAlchemy
    from store.reading.search import read_search_progress  # noqa: PLC0415
    from store.reading.totals import read_totals  # noqa: PLC0415

    now = datetime.now(UTC)
    totals = read_totals(connection, now - timedelta(minutes=1))
    progress = read_search_progress(connection)
    targets = [target.url for target in settings.forward_settings.targets]
    plan = make_plan(connection, settings.limits, now, targets) if settings.limits else None
    return {
        "store": str(settings.db),
        "store_bytes": settings.db.stat().st_size,
        "receiver": _receiver(presence),
        "deliveries": totals.deliveries,
        "refused": totals.refused,
        "refused_requests": totals.refused_requests,
        "pending": totals.pending,
        "failed": totals.failed,
        "search_index": {
            "indexed": progress.indexed,
            "newest": progress.newest,
            "behind": progress.behind,
        },
        "retention": {"limits": asdict(settings.limits), "plan": _plan(plan)},
        "log_file": str(settings.log_file) if settings.log_file else None,
    }


def _receiver(presence: Presence | None) -> dict[str, Json] | None:
    if presence is None:
        return None
    tunnel = presence.tunnel
    return {
        "pid": presence.pid,
        "url": presence.url,
        "public_url": tunnel.public_url if tunnel else None,
    }


def _plan(plan: Plan | None) -> dict[str, Json] | None:
    if plan is None:
        return None
    return {
        "deliveries": plan.deliveries,
        "bytes": plan.size,
        "refused": plan.refused,
        "kept": plan.kept,
        "kept_bytes": plan.kept_size,
    }


def _print(console: Console, document: dict[str, Json]) -> None:
    lines = {
        "Store": f"{document['store']} ({size(_number(document['store_bytes']))})",
        "Receiver": _say_receiver(document["receiver"]),
        "Deliveries": f"{document['deliveries']:,} ever, {_say_refused(document)}",
        "Events": f"{document['pending']:,} pending, {document['failed']:,} failed",
        "Search index": _say_index(document["search_index"]),
        "Kept": _say_retention(document["retention"]),
        "Log": str(document["log_file"]),
    }
    for name, words in lines.items():
        cells = [Cell(f"{name:<{_WIDTH}}", Tone.MUTED), Cell(visible(words, 2_000))]
        console.cells(cells, whole=True)


def _number(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _say_refused(document: dict[str, Json]) -> str:
    rows, requests = _number(document["refused"]), _number(document["refused_requests"])
    stand_for = f" that stand for {requests:,} requests" if requests > rows else ""
    return f"{rows:,} refused ones kept{stand_for}"


def _say_receiver(receiver: Json) -> str:
    if not isinstance(receiver, dict):
        return "none runs"
    public = f", public at {receiver['public_url']}" if receiver["public_url"] else ""
    return f"process {receiver['pid']} at {receiver['url']}{public}"


def _say_index(index: Json) -> str:
    assert isinstance(index, dict)
    if not index["behind"]:
        return "complete"
    return f"at delivery {index['indexed']:,} of {index['newest']:,}; the rest is looked through"


def _say_retention(retention: Json) -> str:
    assert isinstance(retention, dict)
    plan, limits = retention["plan"], retention["limits"]
    if not isinstance(plan, dict) or not isinstance(limits, dict):
        return "everything, but for refused deliveries beyond 10,000 or 256 MiB"
    from receiver.checks.retention import describe_limits  # noqa: PLC0415
    from store.pruning.limits import Limits  # noqa: PLC0415

    words = describe_limits(Limits(**limits))
    there = f"{plan['kept']:,} deliveries ({size(plan['kept_bytes'])})"
    gone = f"{plan['deliveries']:,} ({size(plan['bytes'])}) are to be deleted"
    return f"{words}; {gone}, {there} stay"
