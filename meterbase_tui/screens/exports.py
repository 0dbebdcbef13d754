"""Exports chosen deliveries into a file, from the dashboard and from the inspector."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from meterbase_tui.exports.exporting import ExportPlan, export_file, propose_name
from meterbase_tui.screens.confirm import Confirm
from meterbase_tui.screens.export_card import ExportCard
from meterbase_tui.wording.values import size
from receiver.checks.wording import count
from store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Collection

    from textual.app import App

    from meterbase_tui.desk import Desk
    from meterbase_tui.exports.exporting import Written


async def export_deliveries(app: App[Any], desk: Desk, ids: Collection[int]) -> bool:
    """Asks for a file until one takes them or the user leaves it; says where they went.

    Returns:
        Whether they were exported.
    """
    what, problem = count(len(ids), "delivery", "deliveries"), ""
    plan: ExportPlan | None = ExportPlan(propose_name(ids), desk.discretion.masked)
    while plan is not None:
        answer = await app.push_screen_wait(ExportCard(what, plan, problem))
        if answer is None:
            return False
        plan = answer
        try:
            done = await _export(app, desk, ids, plan)
        except OSError as error:
            problem = f"{error.strerror}: {plan.target} cannot be written."
        except ValueError:
            problem = "No file can have such a name."
        except StoreError as error:
            problem = str(error)
        else:
            if done is not None:
                desk.tell(app, _describe(done, plan))
                return True
            problem = "There is such a file already. It was left as it is; take another name."
    return False


async def _export(
    app: App[Any], desk: Desk, ids: Collection[int], plan: ExportPlan
) -> Written | None:
    """None when a file is there that is to be kept."""
    write = partial(export_file, ids=ids, plan=plan)
    try:
        return await desk.reading.query(partial(write, replace=False))
    except FileExistsError:
        question = "There is such a file already. What is in it will be lost:"
        if not await app.push_screen_wait(Confirm(question, [str(plan.target)], "replace it")):
            return None
    return await desk.reading.query(partial(write, replace=True))


def _describe(done: Written, plan: ExportPlan) -> str:
    masked = ", with people's data masked" if plan.masked else ""
    what = count(done.count, "delivery", "deliveries")
    return f"Exported {what}{masked} ({size(done.size)}). It is in {plan.target}"
