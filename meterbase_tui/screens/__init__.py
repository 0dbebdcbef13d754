"""The screens. Those that a key opens are imported with that key, or when nothing else is to do."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

from receiver.lazy_names import find_names

if TYPE_CHECKING:
    from meterbase_tui.screens.check_card import CheckCard
    from meterbase_tui.screens.failure_groups import FailureGroups
    from meterbase_tui.screens.filter import FilterForm
    from meterbase_tui.screens.inspector import Inspector
    from meterbase_tui.screens.log import LogScreen
    from meterbase_tui.screens.propexo_setup import PropexoSetup
    from meterbase_tui.screens.records import Records
    from meterbase_tui.screens.samples import SamplePicker
    from meterbase_tui.screens.scenarios import ScenarioPicker
else:
    __getattr__ = find_names(
        __name__,
        {
            "check_card": ("CheckCard",),
            "failure_groups": ("FailureGroups",),
            "filter": ("FilterForm",),
            "inspector": ("Inspector",),
            "log": ("LogScreen",),
            "propexo_setup": ("PropexoSetup",),
            "records": ("Records",),
            "samples": ("SamplePicker",),
            "scenarios": ("ScenarioPicker",),
        },
    )

__all__ = [
    "CheckCard",
    "FailureGroups",
    "FilterForm",
    "Inspector",
    "LogScreen",
    "PropexoSetup",
    "Records",
    "SamplePicker",
    "ScenarioPicker",
    "load_screens",
]


def load_screens() -> None:
    """Imports every screen, so that no key has to wait for it. Any thread may do this."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        import_module(module.name)
