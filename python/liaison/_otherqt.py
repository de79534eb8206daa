# SPDX-License-Identifier: MIT
"""Lets user code have the Qt that Liaison runs with, and says what collides where it brings another.

The executable, and a module that was compiled on the machine, run with the machine's Qt. PySide6 and PyQt6 may bring
another whose libraries have the same names, and of those a process loads but one: what was made for the other then
fails for want of some symbol. What wheels of Liaison carry has names of its own.

A PyQt6 that was made for the machine's Qt shares it. There it finds an application that is no QApplication, and an
event loop that runs already, and on both depends Liaison.
"""

from __future__ import annotations

import sys

# Where importlib.machinery has them from, which takes its time.
from _frozen_importlib_external import ExtensionFileLoader, PathFinder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any, List, Optional, Sequence

_ADVICE = (
    'of which a process can have but one: run "python -m liaison.websocket" from a wheel of Liaison, which stands '
    "beside every Qt (scripts/wheels makes it), or use a %s made for the machine's Qt, as the distribution's is"
)


def watch() -> None:
    """From now on, PyQt6 may share Liaison's Qt, and imports of PySide6 and PyQt6 that fail for a collision say so."""
    sys.meta_path.insert(0, _Finder())


def explained(error: ImportError) -> ImportError:
    """Answer what to raise in place of an error that came when Liaison's own module was loaded.

    Args:
        error: what the import has raised.

    Returns:
        An error that says what collides; the same one where nothing does.

    """
    loaded = _loaded_qt()
    package = next((name for name in ("PySide6", "PyQt6") if "/" + name + "/" in loaded), None)
    if package is None or "Qt_6" not in str(error):
        return error
    sentence = "this Liaison was compiled for the machine's Qt, but %s has loaded Qt %s before (%s), %s" % (
        package,
        _version(loaded),
        loaded,
        _ADVICE % package,
    )
    return ImportError(sentence, name=error.name, path=error.path)


class _Finder:
    """Finds the modules in C of packages that may bring a Qt of their own."""

    @staticmethod
    def find_spec(
        name: str, path: Optional[Sequence[str]] = None, target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        if not name.startswith(("PySide6.", "PyQt6.")):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.origin is not None and type(spec.loader) is ExtensionFileLoader:
            spec.loader = _Loader(name, spec.origin)
        return spec


class _Loader(ExtensionFileLoader):
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        try:
            return super().create_module(spec)
        except ImportError as error:
            loaded, brought = _loaded_qt(), _brought_qt(self.path)
            if "Qt_6" not in str(error) or not loaded or not brought or loaded == brought:
                raise
            package = spec.name.partition(".")[0]
            sentence = "%s brings Qt %s, but Liaison runs with the machine's Qt %s (%s), %s" % (
                package,
                _version(brought),
                _version(loaded),
                loaded,
                _ADVICE % package,
            )
            raise ImportError(sentence, name=spec.name, path=self.path) from error

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        name = _APPLICATIONS.get(self.name)
        if name == "QCoreApplication":
            _share(module)
        if name is not None and _loops is not None:
            getattr(module, name).exec = staticmethod(_loops.execute)


_APPLICATIONS = {
    "PyQt6.QtCore": "QCoreApplication",
    "PyQt6.QtGui": "QGuiApplication",
    "PyQt6.QtWidgets": "QApplication",
}


class _Loops:
    """The event loops that user code runs within Liaison's own, in place of QApplication.exec() and quit()."""

    def __init__(self, core: Any) -> None:
        self._core = core
        self._running: List[Any] = []

    def execute(self) -> int:
        loop = self._core.QEventLoop()
        self._running.append(loop)
        try:
            return int(loop.exec())
        finally:
            self._running.remove(loop)

    def exit(self, returnCode: int = 0) -> None:  # noqa: N803 (as Qt has it)
        for loop in self._running:
            loop.exit(returnCode)

    def quit(self) -> None:
        self.exit()


#: Where PyQt6 shares Liaison's Qt.
_loops: Optional[_Loops] = None


def _share(core: Any) -> None:
    """Let user code have an application of its own beside Liaison's, if they share a Qt.

    Args:
        core: PyQt6.QtCore.

    """
    global _loops
    base = core.QCoreApplication
    instance, initialize = base.instance, base.__init__
    own = instance()
    if own is None:
        return
    loops = _loops = _Loops(core)
    kept: List[Any] = []

    def instance_of(cls: Any) -> Any:
        """As QCoreApplication.instance(), but None where QApplication is asked for and there is but Liaison's own."""
        current = instance()
        return current if isinstance(current, cls) else None

    def keep(self: Any, *args: Any, **kwargs: Any) -> None:
        current = instance()
        if current is not own and (type(current) is not base or type(self) is base):
            raise RuntimeError(
                "there is a %s already, which is kept as long as Liaison runs with the same Qt: take %s.instance()"
                % (type(current).__name__, type(current).__name__)
            )
        initialize(self, *args, **kwargs)
        # This thread's events would end with it, and so would Liaison.
        kept.append(self)
        if hasattr(self, "setQuitOnLastWindowClosed"):
            self.setQuitOnLastWindowClosed(False)

    base.setQuitLockEnabled(False)
    base.instance = classmethod(instance_of)
    base.__init__ = keep
    base.exit = staticmethod(loops.exit)
    base.quit = staticmethod(loops.quit)


def _loaded_qt() -> str:
    """Answer the path of the Qt in this process that has the name which all have; else empty."""
    with open("/proc/self/maps", errors="surrogateescape") as maps:
        for line in maps:
            path = line.rstrip("\n").split(maxsplit=5)[-1]
            if "/libQt6Core.so." in path:
                return path
    return ""


def _brought_qt(module: str) -> str:
    """Answer the path of the Qt that lies in the package of a module in C; else empty."""
    import glob
    import os

    found = glob.glob(os.path.join(glob.escape(os.path.dirname(module)), "Qt*", "lib", "libQt6Core.so.*"))
    return os.path.realpath(found[0]) if found else ""


def _version(library: str) -> str:
    """Read what a Qt says of itself, "6.4.2"; else "6"."""
    import re

    with open(library, "rb") as file:
        found = re.search(rb"\0Qt (6\.\d+\.\d+) \(", file.read())
    return found[1].decode() if found else "6"
