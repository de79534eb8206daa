// SPDX-License-Identifier: MIT
#include "floatrepr.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

namespace liaison {

qsizetype writeFloatRepr(double value, char *text)
{
    // Shortest digits that read back the same, as float.__repr__ has them; laid out by its rules: an exponent
    // below 1e-4 and from 1e16 on, at least two digits in it, ".0" behind what would read as an integer.
    std::array<char, 32> scientific{};
    const auto end = std::to_chars(scientific.data(), scientific.data() + scientific.size(), value,
                                   std::chars_format::scientific)
                         .ptr;
    char *out = text;
    const char *in = scientific.data();
    if (*in == '-')
        *out++ = *in++;
    std::array<char, 20> digits{};
    int count = 0;
    for (; *in != 'e'; ++in) {
        if (*in != '.')
            digits[std::size_t(count++)] = *in;
    }
    ++in;
    int exponent = 0;
    std::from_chars(*in == '+' ? in + 1 : in, end, exponent);
    const auto put = [&](int from, int to) {
        for (int i = from; i < to; ++i)
            *out++ = i < count ? digits[std::size_t(i)] : '0';
    };
    if (exponent < -4 || exponent >= 16) {
        put(0, 1);
        if (count > 1) {
            *out++ = '.';
            put(1, count);
        }
        *out++ = 'e';
        *out++ = exponent < 0 ? '-' : '+';
        const int size = std::abs(exponent);
        if (size < 10)
            *out++ = '0';
        out = std::to_chars(out, out + 4, size).ptr;
    } else if (exponent < 0) {
        *out++ = '0';
        *out++ = '.';
        out = std::fill_n(out, -exponent - 1, '0');
        put(0, count);
    } else {
        put(0, exponent + 1);
        *out++ = '.';
        put(exponent + 1, std::max(count, exponent + 2));
    }
    return out - text;
}

} // namespace liaison
