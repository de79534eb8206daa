// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

namespace liaison {

/// An exception as traceback.format_exception() gives it: a list of str, the last "Type: message\n". Frames
/// of Liaison's own at its top are left out, so that it begins with the code that was called. Needs the GIL.
pybind11::list tracebackLines(pybind11::handle exception);

/// An exception that C++ has caught, with its traceback.
pybind11::object exceptionOf(const pybind11::error_already_set &error);

/// What an error reply says of an exception beside its lines: a dict of "type", "module", "message" and
/// "cause", the same of what it was raised from, or None. Never raises.
pybind11::object exceptionForm(pybind11::handle exception);

/// The file name of code that was compiled from a target, as tracebacks show it.
inline constexpr const char *targetFileName = "<target>";

} // namespace liaison
