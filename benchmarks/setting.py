"""What every scenario is given: cores, a folder, how much effort to make, and whom to tell."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.calling import LoadError, call, start_load
from benchmarks.contenders import SECRET
from benchmarks.figures import OURS
from benchmarks.load import Job
from benchmarks.servers import HAS_PROC, cpu_seconds

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    from benchmarks.contenders import Contender
    from benchmarks.load import Outcome
    from benchmarks.machine import Cores
    from benchmarks.servers import Server

_NUMBERS_A_JOB = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long and how often to measure."""

    rounds: int
    burst_s: float
    sustained_s: float
    steady_s: float
    backlog: int
    large: int
    """Deliveries in the large store."""
    starts: int
    pixels: int


FULL = Effort(
    rounds=3, burst_s=1.2, sustained_s=20, steady_s=6, backlog=50_000, large=200_000, starts=7,
    pixels=30,
)  # fmt: skip
QUICK = Effort(
    rounds=1, burst_s=0.6, sustained_s=4, steady_s=3, backlog=10_000, large=50_000, starts=3,
    pixels=10,
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Setting:
    """One run of the benchmarks."""

    cores: Cores
    folder: Path
    effort: Effort
    say: Callable[[str], None]
    """Tells whoever waits what is being done; never part of the results."""
    remarks: dict[str, str] = field(default_factory=dict)
    """What was left out and why, by what it is about."""
    _jobs: int = 0

    def leave_out(self, subject: str, why: str) -> None:
        """Notes that something was not measured, once."""
        if subject not in self.remarks:
            self.remarks[subject] = why
            self.say(f"{subject} left out: {why}.")

    @contextmanager
    def new_folder(self) -> Iterator[Path]:
        """A folder for one server, gone afterwards."""
        with tempfile.TemporaryDirectory(dir=self.folder, ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    def present(self, contenders: tuple[Contender, ...]) -> Iterator[Contender]:
        """Those that can run here; the others are left out."""
        for each in contenders:
            reason = each.missing()
            if reason is None:
                yield each
            else:
                self.leave_out(each.name, reason)

    def job(self, port: int, path: str, connections: int, seconds: float, **more: Any) -> Job:
        """A job whose bodies nobody has seen yet."""
        self._jobs += 1
        values: dict[str, Any] = {"first": self._jobs * _NUMBERS_A_JOB, "secret": SECRET} | more
        return Job(port=port, path=path, connections=connections, seconds=seconds, **values)

    def call(self, job: Job) -> Outcome:
        """Does a job on the load generator's core; raises what `calling.call` raises."""
        return call(job, self.cores.load)

    def start_load(self, job: Job) -> subprocess.Popen[str]:
        """Starts a job there; see `calling.start_load`."""
        return start_load(job, self.cores.load)

    def ask(self, server: Server, job: Job) -> dict[str, float]:
        """Does a job; its figures by name, and the share of its core that the server had.

        Raises:
            LoadError: see `calling.call`.
        """
        pid = server.process.pid
        before = cpu_seconds(pid) if HAS_PROC else 0.0
        outcome = self.call(job)
        figures = outcome.figures()
        if HAS_PROC:
            figures["core_share"] = (cpu_seconds(pid) - before) / outcome.seconds
        return figures

    def try_to_ask(self, contender: Contender, server: Server, job: Job) -> dict[str, float] | None:
        """As `ask`; a peer that makes errors is left out instead, ours is not spared."""
        try:
            return self.ask(server, job)
        except LoadError as error:
            if contender.name == OURS:
                raise
            self.leave_out(f"{contender.name} with {job.connections} connections", str(error))
            return None
