"""The bell that wakes the screen."""

from __future__ import annotations

import asyncio
import threading

import pytest

from meterbase_tui.doorbell import Doorbell

LONG = 30.0


async def test_it_is_heard_from_another_thread() -> None:
    bell = Doorbell()
    bell.arm()
    ringing = threading.Timer(0.02, bell.ring)
    ringing.start()
    async with asyncio.timeout(20):
        await bell.wait(LONG)
    ringing.join()


async def test_what_was_rung_before_the_wait_is_heard_at_once() -> None:
    bell = Doorbell()
    bell.arm()
    bell.ring()
    bell.ring()
    async with asyncio.timeout(20):
        await bell.wait(LONG)


async def test_it_is_silent_until_it_is_armed_anew() -> None:
    bell = Doorbell()
    bell.ring()
    bell.arm()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await bell.wait(LONG)
    await bell.wait(0.01)  # nobody rings: it comes back by itself


async def test_a_screen_that_has_gone_is_no_error() -> None:
    bell = await asyncio.to_thread(asyncio.run, make())
    bell.ring()


async def make() -> Doorbell:
    bell = Doorbell()
    bell.arm()
    return bell
