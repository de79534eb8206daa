# SPDX-License-Identifier: MIT
"""What the tests of wheels call inside the server: user code that brings a Qt of its own, or shows what is loaded."""

from __future__ import annotations

import ctypes
import importlib
import os
import socket
import sys
import threading
from typing import Any, Dict, List, Set

applications: Dict[str, Any] = {}


def loaded_files() -> Set[str]:
    """All libraries that this process has loaded."""
    with open("/proc/self/maps") as maps:
        paths = {line.split(maxsplit=5)[5].rstrip("\n") for line in maps if line.count("/")}
    return {path for path in paths if ".so" in os.path.basename(path)}


def supports_tls() -> bool:
    """Whether the Qt that Liaison carries finds its plugin for TLS, and that OpenSSL."""
    (network,) = (path for path in loaded_files() if os.path.basename(path).startswith("libQt6Network-"))
    function = ctypes.CDLL(network)["_ZN10QSslSocket11supportsSslEv"]
    function.restype = ctypes.c_bool
    return bool(function())


def application(binding: str) -> Any:
    """The one QApplication of a binding of Qt: PySide6 or PyQt6. Kept, as PyQt6 would not."""
    widgets = importlib.import_module(binding + ".QtWidgets")
    if binding not in applications:
        applications[binding] = widgets.QApplication.instance() or widgets.QApplication([])
    return applications[binding]


def grab(binding: str, color: str) -> Dict[str, Any]:
    """Show a widget of one color and answer what a picture of it looks like."""
    app = application(binding)
    widgets = importlib.import_module(binding + ".QtWidgets")
    core = importlib.import_module(binding + ".QtCore")
    label = widgets.QLabel("Liaison")
    label.setStyleSheet("background: " + color)
    label.resize(80, 40)
    label.show()
    app.processEvents()
    image = label.grab().toImage()
    return {
        "platform": app.platformName(),
        "visible": label.isVisible(),
        "size": [label.width(), label.height()],
        "color": image.pixelColor(1, 1).name(),
        "version": core.qVersion(),
    }


def loop(binding: str, milliseconds: int) -> List[str]:
    """Run that Qt's event loop: timers, a thread of its own with signals across, a socket pair that is watched."""
    app = application(binding)
    core = importlib.import_module(binding + ".QtCore")
    seen = []

    class Worker(core.QThread):  # type: ignore[misc, name-defined]
        def run(self) -> None:
            seen.append("thread" if threading.current_thread() is not threading.main_thread() else "main thread")

    worker = Worker()
    worker.finished.connect(lambda: seen.append("finished"))
    near, far = socket.socketpair()
    with near, far:
        notifier = core.QSocketNotifier(near.fileno(), core.QSocketNotifier.Type.Read)
        notifier.activated.connect(lambda *_: seen.append(near.recv(10).decode()))
        core.QTimer.singleShot(0, worker.start)
        core.QTimer.singleShot(0, lambda: far.send(b"read"))
        core.QTimer.singleShot(milliseconds, app.quit)
        app.exec()
        worker.wait()
        notifier.setEnabled(False)
    return sorted(seen)


def figure(backend: str, binding: str = "") -> Dict[str, Any]:
    """Draw with matplotlib, by a backend of its, and answer what the picture is like."""
    import matplotlib

    if binding:
        # Without a display, matplotlib takes no backend with windows but that of an application which runs already.
        application(binding)
    matplotlib.use(backend, force=True)
    from matplotlib import pyplot

    drawn, axes = pyplot.subplots(figsize=(2, 1), dpi=50, facecolor="#00ff00")
    axes.plot([1, 2, 3], [3, 1, 2])
    if binding:
        pyplot.show(block=False)
    canvas: Any = drawn.canvas
    canvas.draw()
    pixels = canvas.buffer_rgba()
    answer = {
        "canvas": type(canvas).__name__,
        "shape": list(pixels.shape),
        "corner": list(bytes(pixels)[:4]),
        "bindings": sorted(name for name in ("PySide6", "PyQt6") if name in sys.modules),
    }
    pyplot.close(drawn)
    return answer
