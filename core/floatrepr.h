// SPDX-License-Identifier: MIT
#pragma once

#include "textbuffer.h"

#include <QtGlobal>

namespace liaison {

/// What writeFloatRepr() writes at the most, in characters.
constexpr qsizetype longestFloatRepr = 32;

/// A finite number as Python's float.__repr__ writes it.
/// @param text room for longestFloatRepr characters
/// @return how many were written
qsizetype writeFloatRepr(double value, char *text);

/// Appends a number as JSON: in that form, or null where it is not finite.
void appendFloat(TextBuffer &text, double value);

} // namespace liaison
