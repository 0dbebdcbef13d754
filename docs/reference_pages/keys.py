"""The page of keys, from the bindings of every screen and widget."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from textual.keys import format_key

import meterbase_tui
import meterbase_tui.app
from meterbase_tui.terminal.keys import own_bindings
from reference_pages.markdown import table

if TYPE_CHECKING:
    from textual.binding import Binding

_HEAD = """# Keys

`?` shows the keys that work where you are, `ctrl+p` finds what they do by a word. A key is
changed in the configuration file by its id:

```toml
[keys]
"delivery.replay" = "R"        # a character, or a name such as f5, ctrl+r, pagedown
"filter.search" = "slash,f3"   # several are separated by commas
```

"""
_SECTIONS = {
    "Everywhere": ("MeterbaseApp",),
    "Dashboard": (
        "Dashboard",
        "DeliveriesPanel",
        "BoardSending",
        "BoardNarrowing",
        "BoardChecking",
    ),
    "Lists": ("LiveTable",),
    "Anything that scrolls": ("Scroller",),
    "Inspector": ("Inspector", "DeliveryKeys"),
    "Payload": ("JsonView", "Folding", "SearchBar"),
    "Differences": ("DiffScreen",),
    "Editor": ("PayloadEditor",),
    "Copy menu": ("CopyMenu",),
    "Samples": ("SamplePicker",),
    "Scenarios": ("ScenarioPicker",),
    "Records": ("Records", "RecordList", "RecordKeys"),
    "Why signatures failed": ("FailureGroups",),
    "A check": ("CheckCard",),
    "Connecting Propexo": ("PropexoSetup",),
    "Filter": ("FilterForm", "ChoiceInput"),
    "Search": ("SearchLine",),
    "Keeping a sample": ("KeepSample",),
    "Exporting": ("ExportCard",),
    "The log of the program": ("LogScreen", "LogEntry"),
    "A question": ("Confirm",),
    "Help": ("Help",),
    "A terminal that is too small": ("TooSmall",),
}
"""Where the keys of which screens and widgets work, as a reader calls it."""


def page() -> str:
    """The page `keys.md`."""
    for module in pkgutil.walk_packages(meterbase_tui.__path__, "meterbase_tui."):
        if module.name.startswith(("meterbase_tui.screens", "meterbase_tui.widgets")):
            importlib.import_module(module.name)
    found = {node.__name__: bindings for node, bindings in own_bindings()}
    parts = [_HEAD]
    for title, names in _SECTIONS.items():
        rows = [_row(binding) for name in names for binding in found.pop(name)]
        parts += [f"## {title}\n\n", table(("Key", "Does", "Id"), rows)]
    assert not found, f"_SECTIONS of {__name__} lacks {', '.join(found)}"
    parts.append("This page is made from `meterbase_tui` by `docs/make_reference.py`.\n")
    return "".join(parts)


def _row(binding: Binding) -> tuple[str, ...]:
    names = [binding.key_display] if binding.key_display else binding.key.split(",")
    shown = " ".join(f"`{format_key(name.strip())}`" for name in names)
    return shown, binding.tooltip or binding.description, f"`{binding.id}`"
