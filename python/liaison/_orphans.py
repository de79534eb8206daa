# SPDX-License-Identifier: MIT
"""What an interrupted import leaves behind."""

import os
import sys
from importlib.machinery import SourceFileLoader
from types import TracebackType
from typing import Optional


def forget(trace: Optional[TracebackType]) -> None:
    """Forget submodules whose package is gone, if an import was interrupted: then the next one begins anew.

    Python drops a package whose import is interrupted, but keeps those of its submodules that were complete; the next
    import finds them, does not make them attributes of the new package, and fails. Modules in C stay: many cannot
    be loaded twice. So do modules that did not come from a file in the folder of a package.

    Args:
        trace: the traceback of the exception that the interrupt has raised.

    """
    while trace is not None and trace.tb_frame.f_code.co_name != "<module>":
        trace = trace.tb_next
    if trace is None:
        return
    for name, module in list(sys.modules.items()):
        parent = name.rpartition(".")[0] if isinstance(name, str) else ""
        if parent and parent not in sys.modules and _is_of_package(module):
            sys.modules.pop(name, None)


def _is_of_package(module: object) -> bool:
    spec = getattr(module, "__spec__", None)
    origin = getattr(spec, "origin", None)
    if not isinstance(getattr(spec, "loader", None), SourceFileLoader) or not isinstance(origin, str):
        return False
    folder = os.path.dirname(origin)
    if os.path.basename(origin) == "__init__.py":
        folder = os.path.dirname(folder)
    return os.path.exists(os.path.join(folder, "__init__.py"))
