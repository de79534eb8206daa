// SPDX-License-Identifier: MIT
#include "floatrepr.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace liaison {

namespace {

/// Within these bounds Python writes no exponent.
constexpr double smallestFixed = 1e-4;
constexpr double largestFixed = 1e16;

/// With the digits before and behind the point, and ".0" behind what would read as an integer.
qsizetype writeFixed(double value, char *text)
{
    char *end = std::to_chars(text, text + longestFloatRepr, value, std::chars_format::fixed).ptr;
    if (std::find(text, end, '.') == end) {
        *end++ = '.';
        *end++ = '0';
    }
    return end - text;
}

/// With one digit before the point and an exponent of at least two digits.
qsizetype writeScientific(double value, char *text)
{
    char *end = std::to_chars(text, text + longestFloatRepr, value, std::chars_format::scientific).ptr;
    return end - text;
}

} // namespace

qsizetype writeFloatRepr(double value, char *text)
{
    // Both write the shortest digits that read back the same, as float.__repr__ has them.
    const double size = std::abs(value);
    const bool isFixed = (size >= smallestFixed && size < largestFixed) || size == 0;
    return isFixed ? writeFixed(value, text) : writeScientific(value, text);
}

void appendFloat(TextBuffer &text, double value)
{
    if (std::isfinite(value))
        text.commit(writeFloatRepr(value, text.room(longestFloatRepr)));
    else
        text.append("null");
}

} // namespace liaison
