"""The receiver as a whole: its loop, its port, and what works behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from receiver.arrival.endpoint import MAX_BODY, Endpoint
from receiver.arrival.intake import Intake
from receiver.arrival.port import open_port
from receiver.background.diagnostician import Diagnostician
from receiver.background.indexer import Indexer
from receiver.background.processor import Processor, ProcessorState
from receiver.background.pruner import Pruner, Retention
from receiver.billing.bills import BY_OCCUPANTS
from receiver.control import ControlServer
from receiver.forwarding.forwarding import Forwarding
from receiver.forwarding.target import ForwardSettings
from receiver.judging.keyring import Keyring
from receiver.loop_thread import LoopThread
from receiver.refreshing.pacing import PATIENT
from receiver.refreshing.refresher import Refresher
from receiver.refreshing.sources import NoSources
from store.pruning.limits import UNLIMITED

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from concurrent.futures import Future

    from aiohttp import web

    from receiver.arrival.port import Address
    from receiver.background.workers import WorkerState
    from receiver.billing.bills import Allocation
    from receiver.forwarding.health import TargetHealth
    from receiver.judging.signing import Secrets
    from receiver.refreshing.pacing import Patience
    from receiver.refreshing.sources import Sources
    from store.database import Database
    from store.pruning.limits import Limits
    from store.records import Json

_T = TypeVar("_T")


def _ignore(health: TargetHealth) -> None:
    """For callers that look at a target's state when they want to."""
    del health


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverSettings:
    """What a receiver does with what arrives."""

    max_body: int = MAX_BODY
    """The largest body, in bytes."""
    forward: ForwardSettings = field(default_factory=ForwardSettings)
    """Where deliveries are passed on to."""
    sources: Sources = field(default_factory=NoSources)
    """Where a refresh after a sync fetches from."""
    allocation: Allocation = BY_OCCUPANTS
    """How bills are divided, for what is told of a change."""
    patience: Patience = PATIENT
    """How often and how long a refresh tries a failed request again."""
    limits: Limits = UNLIMITED
    """What may be kept."""


class ReceiverService:
    """Receives and processes from construction until `close`."""

    def __init__(
        self,
        database: Database,
        secrets: Secrets,
        address: Address,
        settings: ReceiverSettings,
        on_target: Callable[[TargetHealth], None] = _ignore,
    ) -> None:
        """Opens the port and starts processing and passing on what an earlier run left.

        Args:
            database: the store.
            secrets: the signing secrets.
            address: where to listen.
            settings: what to do with what arrives.
            on_target: told of every change of a forward target's state, on the receiver's thread.

        Raises:
            PortError: the port is in use or the address is not one of this machine.
        """
        self._loop = LoopThread("receiver")
        self._keyring = Keyring(secrets)
        allocation, forward = settings.allocation, settings.forward
        self._refresher = Refresher(database, settings.sources, allocation, settings.patience)
        self._processor = Processor(database, refreshing=self._refresher, allocation=allocation)
        self._indexer = Indexer(database, lambda: self._processor.idle)
        self._diagnostician = Diagnostician(database, self._keyring, lambda: self._processor.idle)
        self._forwarding = Forwarding(database, forward, on_target)
        self._pruner = Pruner(database, settings.limits, [each.url for each in forward.targets])
        self._intake = Intake(
            database, self._keyring, self._diagnostician, self._on_event, self._forwarding
        )
        self._control = ControlServer(database, self._on_operation)
        try:
            self._runner, self.address = self._open(address, settings.max_body)
        except BaseException:
            self.submit(self._forwarding.stop()).result()
            self._stop_workers()
            raise

    def _open(self, address: Address, max_body: int) -> tuple[web.ServerRunner, Address]:
        """Lets deliveries in, and commands; what they are handed to is there before."""
        self.submit(self._forwarding.start()).result()
        endpoint = Endpoint(self._intake, max_body=max_body)
        opened = self.submit(open_port(endpoint, address)).result()
        self.submit(self._control.start()).result()
        self.submit(self._refresher.start()).result()
        return opened

    @property
    def processor(self) -> ProcessorState:
        """Whether events are being processed."""
        return self._processor.state

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be processed."""
        return self._processor.idle

    @property
    def retention(self) -> Retention:
        """What may be kept, and how far that is held."""
        return self._pruner.state

    @property
    def workers(self) -> tuple[WorkerState, ...]:
        """How everything is that works in the background."""
        return (
            self._processor.worker,
            self._refresher.worker,
            self._diagnostician.worker,
            self._indexer.worker,
            self._pruner.worker,
            *self._forwarding.workers,
        )

    @property
    def alive(self) -> bool:
        """Whether the receiver's thread runs."""
        return self._loop.alive

    @property
    def targets(self) -> tuple[TargetHealth, ...]:
        """How the targets are that deliveries are passed on to."""
        return self._forwarding.health

    def adopt(self, secrets: Secrets) -> None:
        """Puts other signing secrets in force, for the next request that is judged."""
        self._keyring.adopt(secrets)

    def wake_processor(self) -> None:
        """Something was put back into the queue."""
        self._processor.wake()

    def requeue_forwards(self) -> None:
        """Something was put back into the queue of a forward target."""
        self._loop.call(self._forwarding.reload)

    def _on_event(self) -> None:
        self._pruner.note_arrival()
        self._processor.wake()
        self._indexer.wake()
        self._forwarding.wake()

    def _on_operation(self) -> None:
        self._processor.wake()
        self._forwarding.reload()

    def offer(self, name: str, deed: Callable[[], Json]) -> None:
        """Lets commands of other processes ask for something; see `ControlServer.offer`."""
        self._control.offer(name, deed)

    def submit(self, coroutine: Coroutine[Any, Any, _T]) -> Future[_T]:
        """Runs a coroutine on the receiver's loop: for requests that we send ourselves."""
        return self._loop.submit(coroutine)

    def close(self) -> None:
        """Stops accepting, finishes requests in flight, then stops processing; within seconds."""
        self.submit(self._control.stop()).result(timeout=1)
        self.submit(self._runner.cleanup()).result(timeout=10)
        self.submit(self._intake.finish()).result(timeout=5)
        self.submit(self._forwarding.stop()).result(timeout=5)
        self.submit(self._refresher.stop()).result(timeout=5)
        self._stop_workers()

    def _stop_workers(self) -> None:
        self._pruner.close()
        self._diagnostician.close()
        self._indexer.close()
        self._processor.close()
        self._loop.close()
