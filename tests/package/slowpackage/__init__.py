# SPDX-License-Identifier: MIT
"""A package whose import takes its time, unless the environment asks for haste."""

import os
import time

from .first import *  # noqa: F403

if "SLOWPACKAGE_QUICK" not in os.environ:
    time.sleep(60)

from .second import *  # noqa: F403

answer = [first.one, second.two]  # type: ignore[name-defined] # noqa: F405
