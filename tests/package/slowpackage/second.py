# SPDX-License-Identifier: MIT
"""Comes late."""

two = 2
