# SPDX-License-Identifier: MIT
"""What an interrupted import leaves behind."""

import sys
from importlib.machinery import ExtensionFileLoader


def forget() -> None:
    """Forget submodules whose package is gone, so that the next import of it begins anew.

    Python drops a package whose import is interrupted, but keeps those of its submodules that were complete; the next
    import finds them, does not make them attributes of the new package, and fails. Modules in C stay: many cannot
    be loaded twice.
    """
    for name, module in list(sys.modules.items()):
        parent = name.rpartition(".")[0]
        loader = getattr(module, "__loader__", None)
        if parent and parent not in sys.modules and not isinstance(loader, ExtensionFileLoader):
            sys.modules.pop(name, None)
