"""Cancels work at a chosen await."""

import asyncio
import types
from collections.abc import Coroutine, Generator
from functools import partial
from itertools import count
from typing import Any


async def cancelled_at(work: Coroutine[Any, Any, None], step: int) -> bool:
    """Run `work` as a task that is cancelled at its `step`-th await; whether it finished."""
    task = asyncio.ensure_future(_driven(work, step))
    await asyncio.wait([task])
    return not task.cancelled() and task.exception() is None


async def _driven(work: Coroutine[Any, Any, None], step: int) -> None:
    await _steps(work, step)


@types.coroutine
def _steps(work: Coroutine[Any, Any, None], step: int) -> Generator[Any, None, None]:
    onward = partial(work.send, None)
    for number in count(1):
        try:
            future = onward()
        except StopIteration:
            return
        if number == step:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
        try:
            yield future
            onward = partial(work.send, None)
        except BaseException as error:  # noqa: BLE001 - handed on to the work
            onward = partial(work.throw, error)
