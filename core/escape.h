// SPDX-License-Identifier: MIT
#pragma once

#include "textbuffer.h"

namespace liaison {

/// Appends UTF-8 with escapes for what JSON does not take as it is within a string: quotes, backslashes and
/// control characters, as Python's json writes them.
void appendEscaped(TextBuffer &text, QByteArrayView utf8);

/// Appends \uXXXX.
/// @param unit a UTF-16 code unit
void appendUnicodeEscape(TextBuffer &text, unsigned unit);

} // namespace liaison
