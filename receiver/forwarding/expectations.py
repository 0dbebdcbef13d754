"""Who waits for an application's first answer to a delivery."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from receiver.forwarding.answer import Answer


class Expectations:
    """Those who wait for a first answer; false if nobody does. For the forwarder's loop only."""

    def __init__(self) -> None:
        self._expected: dict[int, asyncio.Future[Answer]] = {}

    def __bool__(self) -> bool:
        return bool(self._expected)

    async def wait(self, delivery_id: int, seconds: float) -> Answer | None:
        """The first answer to a delivery; None if it takes longer than so many seconds."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._expected[delivery_id] = future
        try:
            async with asyncio.timeout(seconds):
                return await future
        except TimeoutError:
            return None
        finally:
            del self._expected[delivery_id]

    def meet(self, delivery_id: int, answer: Answer) -> None:
        """A delivery was answered, whether or not anybody waits; later answers change nothing."""
        future = self._expected.get(delivery_id)
        if future is not None and not future.done():
            future.set_result(answer)
