// SPDX-License-Identifier: MIT
#pragma once

#include "textbuffer.h"

#include <pybind11/pybind11.h>

namespace liaison {

/// Writes an array of booleans, integers or floats, of any shape, memory layout and byte order, as nested
/// arrays of JSON, straight from its memory: what its tolist() would be, NaN and Infinity as null. Needs the
/// GIL, and an object with Python's buffer protocol.
/// @return false, and nothing is written, where the memory holds something else
bool writeNumbers(TextBuffer &text, pybind11::handle array);

} // namespace liaison
