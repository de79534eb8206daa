# SPDX-License-Identifier: MIT
"""Results that arrive later: futures of any kind, and awaitables, which run on an asyncio loop of Liaison's own."""

import asyncio
import concurrent.futures
import contextlib
import threading
from typing import Any, Awaitable, Callable, Optional

Done = Callable[[Any, Optional[BaseException]], None]

_lock = threading.Lock()
_loop: Optional[asyncio.AbstractEventLoop] = None


def watch(result: Any, done: Done) -> None:
    """Call ``done(value, None)`` or ``done(None, exception)`` when a result is there.

    It is called at once, or later from the thread on which the result arrives.

    Args:
        result: an awaitable, or an object with ``add_done_callback`` and ``result``.
        done: called exactly once.

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
    elif hasattr(result, "add_done_callback"):
        result.add_done_callback(finish)
    else:
        asyncio.run_coroutine_threadsafe(_await(result, done), _running_loop())


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
