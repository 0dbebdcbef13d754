"""One troubleshooting check with all of its words, and the key that does something about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from meterbase_tui.terminal.key_names import key_names_of
from meterbase_tui.text import visible
from meterbase_tui.widgets.prose import LaidText, Line, Prose
from receiver.checks import Action, ActionKind, Check

if TYPE_CHECKING:
    from textual.app import ComposeResult

_MOST = 2_000
_DEEDS = {
    ActionKind.COPY_URL: "copy the address",
    ActionKind.REGISTER_CONNECTION: "register the connection and process its events",
    ActionKind.LINK_PROPERTY: "link the property and process its events",
    ActionKind.RESTART_TUNNEL: "restart the tunnel",
    ActionKind.REPROCESS_FAILED: "process the failed events again",
    ActionKind.REPROCESS_IGNORED: "process the ignored events again",
    ActionKind.REVERIFY: "process what proves authentic",
    ActionKind.RETRY_FORWARDS: "pass them on again",
    ActionKind.RECOVER_REQUESTS: "recover them into the log",
    ActionKind.INSTALL_AGENT: "download the agent and start the tunnel",
    ActionKind.SEND_PING: "look closely, with a signed ping",
    ActionKind.SHOW_DELIVERY: "open the delivery",
    ActionKind.SHOW_EVENT: "open the event",
}


class CheckCard(ModalScreen[Action | None]):
    """Answers with the action that the user chose, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Back", id="check.close"),
        Binding("enter,f", "act", "Do it", id="check.act"),
    ]

    def __init__(self, check: Check) -> None:
        super().__init__()
        self._check = check

    def compose(self) -> ComposeResult:
        """What was found, what to do, and the key for it."""
        check = self._check
        with VerticalScroll(id="card", classes="card") as card:
            card.border_title = Content(check.name.replace("_", " "))
            card.border_subtitle = Content(self._keys())
            yield Static(Content(visible(check.detail, _MOST, newline=True)), markup=False)
            if check.fix:
                arrow = Content.from_markup("[$text-accent]→[/] ")
                fix = Line(arrow, Content(visible(check.fix, _MOST, newline=True)))
                yield LaidText(Prose([fix]), classes="fix", markup=False)

    def action_act(self) -> None:
        """Chooses the check's action; closes the card where there is none."""
        self.dismiss(self._check.action)

    def _keys(self) -> str:
        action, back = self._check.action, ("check.close", "back")
        deeds = [back] if action is None else [("check.act", _DEEDS[action.kind]), back]
        return key_names_of(self).line(*deeds)
