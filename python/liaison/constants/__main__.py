# SPDX-License-Identifier: MIT
"""Prints the constants as JSON, for frontends that run this at their own start-up. Imports next to nothing."""

import sys

from . import START_MARKER, STOP_MARKER

sys.stdout.write(f'{{"START_MARKER": "{START_MARKER}", "STOP_MARKER": "{STOP_MARKER}"}}')
