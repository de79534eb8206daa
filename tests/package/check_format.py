# SPDX-License-Identifier: MIT
"""Check that clang-format has nothing to change in any C++ file that git tracks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Answer clang-format's exit code."""
    tracked = subprocess.run(["git", "ls-files", "*.cpp", "*.h"], capture_output=True, text=True, check=True)
    clang_format = Path(sys.executable).with_name("clang-format")
    return subprocess.run([clang_format, "--dry-run", "--Werror", *tracked.stdout.split()], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
