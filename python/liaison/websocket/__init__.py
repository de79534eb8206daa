# SPDX-License-Identifier: MIT
"""A server that speaks WebSocket."""

from __future__ import annotations

import _thread
import atexit
import os

from .. import _core, _otherqt
from ..companion import Companion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Union

__all__ = ["WebsocketLiaison"]

_otherqt.watch()

_OPTIONS = {
    "allow_origins",
    "allow_remote",
    "handshake_time",
    "max_connections",
    "max_nesting",
    "max_unread",
    "max_waiting",
    "stall_time",
    "tls_certificate",
    "tls_key",
    "token",
}

#: Those that serve, by a lock which is released when they have ended.
_serving: Dict[_thread.LockType, WebsocketLiaison] = {}

#: Seconds that the interpreter's end waits for them.
_LONGEST_END = 2.0


def _end_all() -> None:
    """Stop the servers in daemon threads, which Python would cut off in the midst of their work."""
    serving = list(_serving.items())
    for _, server in serving:
        server.stop()
    for ended, _ in serving:
        ended.acquire(timeout=_LONGEST_END)


atexit.register(_end_all)
os.register_at_fork(after_in_child=_serving.clear)


class WebsocketLiaison:
    """Serves a Companion to every client that connects to an address.

    Args:
        host: a name or address of this machine's loopback, such as ``"localhost"`` (IPv4 and IPv6), ``"::1"``;
            others only with ``allow_remote`` and a ``token``.
        port: 0 to 65535, as a number or as text; 0 picks one that is free.
        companion: what runs the commands; by default a new :class:`~liaison.Companion`. It finds this object in
            its namespace as ``liaison``.
        max_message_size: bytes; a longer message closes its connection with code 1009.
        options: what the command line calls ``--allow-origin``, ``--max-unread`` and so on: ``allow_origins`` (an
            iterable of str), ``token`` (str), ``allow_remote`` (bool), ``tls_certificate``, ``tls_key`` (paths),
            ``max_connections``, ``max_waiting``, ``max_nesting`` (int), ``max_unread`` (int, bytes),
            ``handshake_time``, ``stall_time`` (float, seconds).

    Raises:
        TypeError: there is no such option.
        ValueError: the port is none, or the value of an option is.

    Attributes:
        companion: what runs the commands.

    """

    companion: Companion

    def __init__(
        self,
        host: str = "localhost",
        port: Union[int, str] = 8001,
        companion: Optional[Companion] = None,
        *,
        max_message_size: int = 256 * 2**20,
        _service: Optional[_core.Service] = None,
        **options: Any,
    ) -> None:
        for name in options:
            if name not in _OPTIONS:
                raise TypeError(f"no option {name!r}: expected one of {', '.join(sorted(_OPTIONS))}")
        self._service = _service or _core.Service(
            host, _port_number(port), max_message_size=max_message_size, **options
        )
        self.companion = Companion() if companion is None else companion
        self.companion.namespace["liaison"] = self

    @property
    def host(self) -> str:
        """What the address begins with, as given."""
        return self._service.host

    @property
    def port(self) -> int:
        """The port that is served; of a server that was given 0, known once it runs."""
        return self._service.port

    @property
    def alive(self) -> bool:
        """Whether it serves."""
        return self._service.alive

    @property
    def messages(self) -> List[str]:
        """The latest 1000 messages that came in, as received, oldest first."""
        return self._service.messages()

    def start(self) -> None:
        """Serve until :meth:`stop`, and in Python's main thread also until SIGINT or SIGTERM.

        Commands run on the thread that calls this. The start marker is written to standard output when the first
        client may come, the stop marker at the end. In a daemon thread it also ends with the interpreter, which
        waits two seconds at the most for the command that runs.

        Raises:
            OSError: the address cannot be served.
            RuntimeError: it is being served already.

        """
        ended = _thread.allocate_lock()
        ended.acquire()
        _serving[ended] = self
        try:
            self._service.run(self.companion)
        finally:
            _serving.pop(ended, None)
            ended.release()

    def stop(self) -> None:
        """End :meth:`start` soon, from any thread: the command that runs is run to its end, the next is not begun."""
        self._service.stop()

    def send(self, message: Any, timeout: float = 1) -> None:
        """Send a message to all clients, from any thread.

        Args:
            message: text is sent as it is, anything else as JSON, where an object without ``"evt"`` gets an empty one.
            timeout: seconds to wait at the most while much of what was sent before is still on its way.

        Raises:
            ValueError: the message has no form in JSON, as one that contains itself.
            UnicodeEncodeError: the text has lone surrogates, which no WebSocket message can carry.

        """
        self._service.push(message, timeout)

    def broadcastSync(self, message: Any) -> None:
        """Do as :meth:`send`, under a name that older code calls."""
        self.send(message)

    async def broadcast(self, message: Any) -> None:
        """Do as :meth:`send`, as a coroutine."""
        self.send(message)


def _port_number(port: Union[int, str]) -> int:
    try:
        number = int(port)
    except (TypeError, ValueError):
        number = -1
    if not 0 <= number <= 65535:
        raise ValueError(f"port must be a number from 0 to 65535, not {port!r}")
    return number
