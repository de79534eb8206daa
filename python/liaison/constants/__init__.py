# SPDX-License-Identifier: MIT
"""What a frontend looks for in the standard output of the process that it launched.

Each marker is followed by ``@`` and the address, in one chunk without a newline.
"""

START_MARKER = "LIAISON:CONNECTED"
STOP_MARKER = "LIAISON:DISCONNECTED"
