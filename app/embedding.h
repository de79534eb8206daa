// SPDX-License-Identifier: MIT
#pragma once

#include "interpreter.h"

namespace liaison {

/// A whole program: what the executable does. Modules of PYBIND11_EMBEDDED_MODULE can be imported by those
/// who send commands. To be called first in main(); the command line's options are read, the markers written.
/// @param package where the package's Python files are, if not beside the program
/// @return the exit code: 0, 1 when it could not serve, 2 when the command line cannot be followed; which it
/// has
///     then said on stderr
int runProgram(int argc, char *argv[], const QString &package = QStringLiteral(LIAISON_PYTHON_FOLDER));

} // namespace liaison
