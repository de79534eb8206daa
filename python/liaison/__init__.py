# SPDX-License-Identifier: MIT
"""Python at a frontend's side: commands come in as JSON over a WebSocket, Python's answers go back.

``python -m liaison.websocket localhost:8001`` serves the environment it is started in. In a program of one's own::

    import liaison

    server = liaison.websocket.WebsocketLiaison("localhost", 8001)
    server.start()  # until server.stop(), SIGINT or SIGTERM

What is named here is imported when it is asked for: ``python -m liaison.constants`` must start in no time.
"""

# As typing has it; but importing typing takes as long as all else that Python does at its start.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import companion as companion
    from . import constants as constants
    from . import websocket as websocket
    from ._forms import encode as encode
    from .companion import Companion as Companion
    from .websocket import WebsocketLiaison as WebsocketLiaison

__all__ = ["Companion", "WebsocketLiaison", "companion", "constants", "encode", "websocket"]

__version__ = "0.1.0"

# For type checkers, every name would be there.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name in ("_core", "companion", "constants", "websocket"):
            import importlib

            try:
                return importlib.import_module("." + name, __name__)
            except ImportError as error:
                from ._otherqt import explained

                raise explained(error) from error.__cause__
        if name == "encode":
            from ._forms import encode

            return encode
        if name == "Companion":
            from .companion import Companion

            return Companion
        if name == "WebsocketLiaison":
            from .websocket import WebsocketLiaison

            return WebsocketLiaison
        raise AttributeError("module 'liaison' has no attribute " + repr(name))
