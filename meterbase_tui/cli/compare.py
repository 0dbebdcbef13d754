"""`compare`: the same deliveries to two targets, or to one before and after a change."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from meterbase_tui.cli import completing
from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.options import (
    MOST,
    json_option,
    limit_option,
    setting_options,
    since_option,
)
from meterbase_tui.cli.session import open_reader
from meterbase_tui.settings.addresses import is_local, parse_http_url
from meterbase_tui.text import visible
from meterbase_tui.widgets.rows import Cell, Tone
from meterbase_tui.wording.values import duration
from receiver.forwarding.client import ForwardClient
from receiver.forwarding.comparing import Taken, differences
from receiver.forwarding.target import ForwardTarget
from store.forwarding.forward_queue import Parcel
from store.reading.deliveries import list_deliveries, read_content
from store.reading.filters import Filters
from store.records import Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from meterbase_tui.cli.session import Session
    from meterbase_tui.settings import Settings

_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where to send, and what to compare with."""

    targets: tuple[ForwardTarget, ...]
    baseline: dict[int, Taken]
    save: Path | None


@click.command()
@click.argument(
    "ids",
    metavar="[ID]…",
    nargs=-1,
    type=click.IntRange(min=1, max=MOST),
    shell_complete=completing.deliveries,
)
@click.option(
    "--to", "urls", metavar="URL", multiple=True, required=True, help="A target; one or two."
)
@click.option("--save", type=click.Path(path_type=Path), help="Keep the answers in this file.")
@click.option(
    "--baseline", type=click.Path(path_type=Path), help="Compare with the answers kept there."
)
@since_option
@limit_option
@setting_options(("db", "forward_any_host"))
@json_option
@click.pass_obj
def compare(
    session: Session,
    /,
    ids: tuple[int, ...],
    *,
    urls: tuple[str, ...],
    save: Path | None,
    baseline: Path | None,
    since: datetime | None,
    limit: int,
    as_json: bool,
) -> int:
    """Send stored deliveries to two targets, and show where they answer differently.

    Or to one: keep its answers with --save, change the code, and compare with --baseline. Without
    ids, the newest valid deliveries are taken (--limit, --since). They are sent oldest first, as
    they came, and nothing is recorded. Exit code 3 if an answer differs.
    """
    settings = session.load()
    plan = _Plan(_read_targets(settings, urls), _read_baseline(baseline), save)
    if len(plan.targets) + bool(baseline) != 2 and save is None:  # noqa: PLR2004
        raise CommandError(
            "Name two targets with --to, or one and --baseline, or one and --save.", Exit.USAGE
        )
    parcels = _read_parcels(settings, ids, since, limit)
    session.console.say(f"{len(parcels):,} deliveries to {len(plan.targets)} target(s) …")
    differing = asyncio.run(_run(session, plan, parcels, as_json=as_json))
    if differing:
        session.console.say(f"{differing:,} of {len(parcels):,} differ.")
        return Exit.PROBLEM
    session.console.say("No answer differs." if save is None else f"Kept in {save}.")
    return Exit.DONE


async def _run(session: Session, plan: _Plan, parcels: list[Parcel], *, as_json: bool) -> int:
    differing = 0
    kept: dict[int, Taken] = {}
    async with ForwardClient(_TIMEOUT_S) as client:
        for parcel in parcels:
            # One after the other: the second target must not be slow because the first is busy.
            taken = [Taken.of(await client.send(target, parcel)) for target in plan.targets]
            _require_answer(plan.targets, taken)
            kept[parcel.id] = taken[0]
            pair = _pair(plan, parcel.id, taken)
            found = differences(*pair) if pair else ()
            differing += bool(found)
            if as_json:
                session.console.json_line(_fields(parcel.id, taken, pair, found))
            elif found and pair:
                _print(session, parcel.id, pair, found)
            session.console.flush()
    if plan.save is not None:
        _write_baseline(plan.save, kept)
    return differing


def _require_answer(targets: tuple[ForwardTarget, ...], taken: list[Taken]) -> None:
    for target, answer in zip(targets, taken, strict=True):
        if answer.status is None and answer.error == "no connection was made":
            raise CommandError(f"Nothing answers at {target.url}.", Exit.UNREACHABLE)


def _pair(plan: _Plan, delivery_id: int, taken: list[Taken]) -> tuple[Taken, Taken] | None:
    """The two answers to compare; None without a second one."""
    if len(taken) > 1:
        return taken[0], taken[1]
    before = plan.baseline.get(delivery_id)
    return None if before is None else (before, taken[0])


def _print(
    session: Session, delivery_id: int, pair: tuple[Taken, Taken], found: tuple[str, ...]
) -> None:
    before, after = pair
    session.console.cells(
        [Cell("≠ ", Tone.ERROR), Cell(f"delivery {delivery_id}  "), Cell(", ".join(found))]
    )
    for sign, tone, taken in (("-", Tone.ERROR, before), ("+", Tone.SUCCESS, after)):
        answer = visible(taken.error or str(taken.status), 200)
        words = f"  {sign} {answer}  {duration(taken.ms)}  {visible(taken.body, 500)}"
        session.console.cells([Cell(words, tone)])


def _fields(
    delivery_id: int,
    taken: list[Taken],
    pair: tuple[Taken, Taken] | None,
    found: tuple[str, ...],
) -> dict[str, Any]:
    answers = pair or tuple(taken)
    return {
        "delivery_id": delivery_id,
        "differs": list(found),
        "answers": [asdict(answer) for answer in answers],
    }


def _read_targets(settings: Settings, urls: tuple[str, ...]) -> tuple[ForwardTarget, ...]:
    if len(urls) > 2:  # noqa: PLR2004
        raise CommandError("Two targets can be compared, not more.", Exit.USAGE)
    targets = []
    for url in urls:
        try:
            address = parse_http_url(url)
        except ValueError as error:
            raise CommandError(f"--to {error}, not {url!r}.", Exit.USAGE) from None
        if not settings.forward_any_host and not is_local(address):
            raise CommandError(
                f"{address} is not a loopback or private address. Add --forward-any-host if "
                "deliveries may go there.",
                Exit.USAGE,
            )
        targets.append(ForwardTarget(url=address, headers=settings.forward_headers))
    return tuple(targets)


def _read_parcels(
    settings: Settings, ids: tuple[int, ...], since: datetime | None, limit: int
) -> list[Parcel]:
    with open_reader(settings) as reader, reader.connect() as connection:
        if not ids:
            newest = list_deliveries(
                connection, Filters(verdict=Verdict.VALID, since=since), limit=limit
            )
            ids = tuple(delivery.id for delivery in reversed(newest) if delivery.event_id)
        found = []
        for delivery_id in ids:
            content = read_content(connection, delivery_id)
            if content is None or not content.complete:
                raise CommandError(
                    f"Delivery {delivery_id} is not in {settings.db}, or not all of its body.",
                    Exit.NOT_FOUND,
                )
            found.append(
                Parcel(delivery_id, delivery_id, "POST", "", content.headers, content.body)
            )
    return found


def _read_baseline(path: Path | None) -> dict[int, Taken]:
    if path is None:
        return {}
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
        return {int(name): Taken(**values) for name, values in tree["answers"].items()}
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", Exit.NOT_FOUND) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CommandError(f"{path} is no file that --save has written.", Exit.USAGE) from None


def _write_baseline(path: Path, kept: dict[int, Taken]) -> None:
    tree = {"answers": {str(name): asdict(taken) for name, taken in kept.items()}}
    try:
        path.touch(mode=0o600)
        path.write_text(json.dumps(tree, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.", Exit.USAGE) from None
