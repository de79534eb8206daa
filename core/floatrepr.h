// SPDX-License-Identifier: MIT
#pragma once

#include <QtGlobal>

namespace liaison {

/// What writeFloatRepr() writes at the most, in characters.
constexpr qsizetype longestFloatRepr = 32;

/// A finite number as Python's float.__repr__ writes it.
/// @param text room for longestFloatRepr characters
/// @return how many were written
qsizetype writeFloatRepr(double value, char *text);

} // namespace liaison
