// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

#include <QStringList>

#include "options.h"

namespace liaison {

/// What liaison._core holds, for the extension module and for the executable, which has it built in.
void defineCore(pybind11::module_ &module);

/// Serves as the options say, as the process's only purpose, through the Python class WebsocketLiaison.
/// Called with the GIL on Python's main thread.
/// @return the exit code: 0, or 1 when it could not serve, which it has then said on stderr
int serve(const Options &options);

/// Follows a command line to its end and answers the exit code; 2 where there is no following it.
int runModule(const QStringList &arguments);

} // namespace liaison
