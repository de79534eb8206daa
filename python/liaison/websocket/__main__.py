# SPDX-License-Identifier: MIT
"""``python -m liaison.websocket [OPTIONS] [ADDRESS]``: serve the environment of this Python."""

import faulthandler
import io
import os
import sys

from .. import _core


def _unbuffer() -> None:
    """Make prints arrive when they are printed, as ``python -u`` does."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        old = getattr(sys, name)
        if not isinstance(old, io.TextIOWrapper) or old.isatty():
            continue
        old.flush()
        raw = open(descriptor, "wb", buffering=0, closefd=False)
        new = io.TextIOWrapper(raw, encoding=old.encoding, errors=old.errors, newline="\n", write_through=True)
        setattr(sys, name, new)
        setattr(sys, f"__{name}__", new)


def main() -> int:
    """Serve as the command line says, and answer the process's exit code."""
    _unbuffer()
    if sys.stderr is not None:
        faulthandler.enable()
    return _core.main(sys.argv)


def script() -> int:
    """Be the command ``liaison``: as ``python -m``, look for modules in the current folder, not in the script's own."""
    if not getattr(sys.flags, "safe_path", sys.flags.isolated):  # Python 3.11 gave it a flag of its own
        try:
            sys.path[0] = os.getcwd()
        except OSError:  # a current folder that has been deleted is none
            del sys.path[0]
    return main()


if __name__ == "__main__":
    sys.exit(main())
