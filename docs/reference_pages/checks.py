"""The page of checks, from `receiver/checks`."""

from __future__ import annotations

import inspect

from receiver.checks import CheckName, CheckStatus
from receiver.checks.examination import CHECKS
from reference_pages.markdown import table

_STATUSES = {
    CheckStatus.PASS: "All is well.",
    CheckStatus.WARN: "Something to look at, or something outside of this program that is not "
    "as it should be.",
    CheckStatus.FAIL: "Something is broken until somebody does something. `doctor` ends with 3.",
    CheckStatus.SKIP: "There is nothing to judge.",
}
_HEAD = """# Checks

The panel *Troubleshooting* makes them all the time, `c` and `meterbase-tui doctor` look more
closely: they send a signed `test.ping` to the receiver and read the structure of the store. What to
do about each one is in [troubleshooting](troubleshooting.md).

"""


def page() -> str:
    """The page `checks.md`."""
    made = {check.__name__.removeprefix("check_"): check for check in CHECKS}
    rows = (
        (
            f"[{name.value}](troubleshooting.md#{name.value})",
            inspect.cleandoc(made[name.value].__doc__ or "").partition("\n\n")[0],
        )
        for name in CheckName
    )
    return (
        _HEAD
        + table(("Status", "Means"), ((f"`{each.value}`", _STATUSES[each]) for each in CheckStatus))
        + table(("Check", "Looks at"), rows)
        + "This page is made from `receiver/checks` by `docs/make_reference.py`.\n"
    )
