# SPDX-License-Identifier: MIT
"""Is complete early."""

one = 1
