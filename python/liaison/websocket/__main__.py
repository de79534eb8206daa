# SPDX-License-Identifier: MIT
"""``python -m liaison.websocket [OPTIONS] [ADDRESS]``: serve the environment of this Python."""

import faulthandler
import io
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


if __name__ == "__main__":
    _unbuffer()
    if sys.stderr is not None:
        faulthandler.enable()
    sys.exit(_core.main(sys.argv))
