# SPDX-License-Identifier: MIT
"""Results that arrive later: futures of any kind, and awaitables, which run on an asyncio loop of Liaison's own."""

import asyncio
import concurrent.futures
import contextlib
import functools
import threading
from typing import Any, AsyncIterator, Awaitable, Callable, Optional

Done = Callable[[Any, Optional[BaseException]], None]

#: Seconds between two looks at a client that reads slowly.
_ROOM_INTERVAL = 0.01

_lock = threading.Lock()
_loop: Optional[asyncio.AbstractEventLoop] = None


def watch(result: Any, done: Done) -> Callable[[], Any]:
    """Call ``done(value, None)`` or ``done(None, exception)`` when a result is there.

    It is called at once, or later from the thread on which the result arrives.

    Args:
        result: an awaitable, or an object with ``add_done_callback`` and ``result``.
        done: called exactly once.

    Returns:
        what cancels the result, as far as it can be, when it is called.

    Raises:
        RuntimeError: an asyncio future is not done and its event loop does not run.

    """

    def finish(*_: Any) -> None:
        done(*_outcome(result))

    if asyncio.isfuture(result):
        loop = result.get_loop()
        if result.done():
            finish(result)
        elif loop.is_running():
            loop.call_soon_threadsafe(result.add_done_callback, finish)
        else:
            raise RuntimeError("the result is a future of an event loop that does not run: it will never be done")
        return functools.partial(loop.call_soon_threadsafe, result.cancel)
    if hasattr(result, "add_done_callback"):
        result.add_done_callback(finish)
        cancel: Callable[[], Any] = getattr(result, "cancel", _nothing)
        return cancel
    return asyncio.run_coroutine_threadsafe(_await(result, done), _running_loop()).cancel


def watch_items(
    iterator: AsyncIterator[Any], send: Callable[[Any], bool], has_room: Callable[[], bool], done: Done
) -> Callable[[], Any]:
    """Call ``send(item)`` for each item of an async iterator, then ``done(count, None)`` or ``done(None, exception)``.

    Args:
        iterator: runs on Liaison's own asyncio loop.
        send: answers whether there is anybody to receive more.
        has_room: whether the receiver has read enough of what was sent.
        done: called exactly once.

    Returns:
        what cancels it when it is called.

    """
    return asyncio.run_coroutine_threadsafe(_await(_send_items(iterator, send, has_room), done), _running_loop()).cancel


async def _send_items(iterator: AsyncIterator[Any], send: Callable[[Any], bool], has_room: Callable[[], bool]) -> int:
    count = 0
    try:
        async for item in iterator:
            if not send(item):
                break
            count += 1
            await asyncio.sleep(0)  # cancelling, and others, get their turn
            while not has_room():
                await asyncio.sleep(_ROOM_INTERVAL)
    finally:
        if hasattr(iterator, "aclose"):
            await iterator.aclose()
    return count


def _nothing() -> None:
    """Cancel what cannot be cancelled."""


def _outcome(future: Any) -> "tuple[Any, Optional[BaseException]]":
    """Ask for the exception first: raising it again would add frames to its traceback."""
    try:
        if hasattr(future, "exception"):
            error = future.exception()
            if isinstance(error, BaseException) and error.__traceback__ is not None:
                return None, error
        return future.result(), None
    except (asyncio.CancelledError, concurrent.futures.CancelledError) as error:
        return None, error.with_traceback(None)  # raised here, by none of the called code
    except BaseException as error:
        return None, error


async def _await(awaitable: Awaitable[Any], done: Done) -> None:
    """Await, and pass on whatever comes: what left this coroutine might end the event loop."""
    try:
        value = await awaitable
    except BaseException as error:
        done(None, error)
    else:
        done(value, None)


def _run(loop: asyncio.AbstractEventLoop) -> None:
    """Run for ever, also when a task of somebody's raises what asyncio lets through."""
    while True:
        with contextlib.suppress(SystemExit, KeyboardInterrupt):
            loop.run_forever()
            return


def _running_loop() -> asyncio.AbstractEventLoop:
    global _loop
    with _lock:
        if _loop is None or _loop.is_closed():
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_run, args=(_loop,), name="liaison-asyncio", daemon=True).start()
        return _loop
