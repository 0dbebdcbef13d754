"""The scenarios: chosen, played against the receiver, and held against what they expect."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, ProgressBar, Static
from textual.widgets.option_list import Option

from meterbase_tui.screens.confirm import Confirm
from meterbase_tui.screens.scenario_words import draw_ending, draw_progress, draw_scenario
from meterbase_tui.sending.scenario_run import Play, ScenarioRun
from meterbase_tui.sending.simulation_needs import find_missing, registering
from meterbase_tui.settings import SettingsError
from meterbase_tui.terminal.key_names import show_keys
from meterbase_tui.text import visible
from meterbase_tui.version import user_agent
from sample_payloads.simulation.library import load_scenarios
from sample_payloads.simulation.simulation import Target
from store.errors import StoreError

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from meterbase_tui.desk import Desk
    from sample_payloads.simulation.scenario import Scenario

_KEYS = (
    ("enter", "play"),
    ("scenarios.faster scenarios.slower", "speed"),
    ("scenarios.report_down scenarios.report_up", "report"),
    ("scenarios.close", "back"),
)
_KEYS_RUNNING = (("scenarios.close", "stop"),)
_LOOK_EVERY_S = 0.1
_FASTER = 10
_SPEEDS = (1.0, 1e6)


class ScenarioPicker(ModalScreen[None]):
    """Lists the scenarios; plays the one under the cursor, and shows what it came to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Stop or back", id="scenarios.close"),
        Binding("j", "move(1)", "Down", show=False, id="scenarios.down"),
        Binding("k", "move(-1)", "Up", show=False, id="scenarios.up"),
        Binding("plus", "faster", "Faster", key_display="+", id="scenarios.faster"),
        Binding("minus", "slower", "Slower", key_display="-", id="scenarios.slower"),
        Binding("J,ctrl+d", "scroll(1)", "Report down", show=False, id="scenarios.report_down"),
        Binding("K,ctrl+u", "scroll(-1)", "Report up", show=False, id="scenarios.report_up"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._scenarios = {each.name: each for each in load_scenarios()}
        self._chosen: Scenario = next(iter(self._scenarios.values()))
        self._speeds = {each.name: each.speed for each in self._scenarios.values()}
        self._scenario_run: ScenarioRun | None = None
        self._playing_told = False
        """Whether the card says how to stop what is played."""

    def compose(self) -> ComposeResult:
        """The list, what the scenario is, how far it is, and what it came to."""
        options = (
            Option(Content(visible(each.title, 60)), each.name) for each in self._scenarios.values()
        )
        with Vertical(id="scenario-card", classes="desk-card") as card:
            card.border_title = "Play Propexo"
            show_keys(card, *_KEYS)
            with Horizontal():
                yield OptionList(*options, markup=False, id="scenarios")
                with VerticalScroll(id="scenario", can_focus=False):
                    yield Static(id="scenario-words", markup=False)
                    yield ProgressBar(id="scenario-bar", show_eta=False)
                    yield Static(id="scenario-report", markup=False)

    def on_mount(self) -> None:
        """Begins at the first one."""
        self.query_one(OptionList).focus()
        self.query_one(ProgressBar).display = False
        self.set_interval(_LOOK_EVERY_S, self._watch)

    def on_unmount(self) -> None:
        """What is played ends with its screen."""
        if self._scenario_run is not None:
            self._scenario_run.stop()

    @property
    def _playing(self) -> bool:
        return self._scenario_run is not None and self._scenario_run.ending is None

    @on(OptionList.OptionHighlighted)
    def choose(self, event: OptionList.OptionHighlighted) -> None:
        """Says what the scenario under the cursor is; what is being played goes on."""
        if not self._playing and event.option_id is not None:
            self._chosen = self._scenarios[event.option_id]
            self._scenario_run = None
            self.query_one(ProgressBar).display = False
            self.query_one("#scenario-report", Static).update("")
            self._describe()

    @on(OptionList.OptionSelected)
    @work(description="playing a scenario", group="playing", exclusive=True)
    async def play(self) -> None:
        """Plays the scenario under the cursor, after asking where something must be registered."""
        if self._playing:
            return
        settings = self._desk.link.settings
        try:
            await self._register()
            secret = settings.secrets.current
        except (StoreError, SettingsError) as error:
            self._desk.tell(self.app, str(error), severity="error")
            return
        except _DeclinedError:
            return
        self._scenario_run = ScenarioRun(
            Play(
                scenario=self._chosen,
                target=Target(url=self._desk.link.url, secret=secret, program=user_agent()),
                store=settings.db,
                catalogue=self._desk.outbox.catalogue,
                speed=self._speeds[self._chosen.name],
            )
        )
        self._scenario_run.start()
        self._tell_keys(_KEYS_RUNNING)

    async def _register(self) -> None:
        scenario = self._chosen
        missing = await self._desk.reading.query(lambda found: find_missing(found, scenario))
        if not missing:
            return
        lines = [f"{property_id} of {connection_id}" for connection_id, property_id in missing]
        question = "The scenario needs these properties to be registered and linked:"
        if not await self.app.push_screen_wait(Confirm(question, lines, "link and play")):
            raise _DeclinedError
        for operation, arguments in registering(missing):
            await self._desk.link.perform(operation, **arguments)

    def _watch(self) -> None:
        run = self._scenario_run
        if run is None:
            return
        ended, expected = run.webhooks
        bar = self.query_one(ProgressBar)
        bar.display = True
        bar.update(total=expected or None, progress=ended)
        if run.ending is None:
            self.query_one("#scenario-report", Static).update(draw_progress(run))
        elif self._playing_told:
            self.query_one("#scenario-report", Static).update(draw_ending(run.ending))
            self._tell_keys(_KEYS)

    def _tell_keys(self, keys: tuple[tuple[str, str], ...]) -> None:
        self._playing_told = keys is _KEYS_RUNNING
        show_keys(self.query_one("#scenario-card"), *keys)

    def _describe(self) -> None:
        words = draw_scenario(self._chosen, self._speeds[self._chosen.name])
        self.query_one("#scenario-words", Static).update(words)

    def action_leave(self) -> None:
        """Stops what is being played; else goes back."""
        if self._scenario_run is not None and self._playing:
            self._scenario_run.stop()
        else:
            self.dismiss()

    def action_faster(self) -> None:
        """Waits ten times less long."""
        self._change_speed(_FASTER)

    def action_slower(self) -> None:
        """Waits ten times longer, at most as long as Propexo does."""
        self._change_speed(1 / _FASTER)

    def _change_speed(self, factor: float) -> None:
        if not self._playing:
            least, most = _SPEEDS
            speed = self._speeds[self._chosen.name] * factor
            self._speeds[self._chosen.name] = min(max(speed, least), most)
            self._describe()

    def action_move(self, lines: int) -> None:
        """Moves through the list."""
        listed = self.query_one(OptionList)
        (listed.action_cursor_down if lines > 0 else listed.action_cursor_up)()

    def action_scroll(self, pages: int) -> None:
        """Scrolls the report."""
        view = self.query_one("#scenario", VerticalScroll)
        view.scroll_relative(y=pages * max(view.size.height - 2, 1) // 2, animate=False)


class _DeclinedError(Exception):
    """The user does not want anything to be registered."""
