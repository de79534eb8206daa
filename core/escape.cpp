// SPDX-License-Identifier: MIT
#include "escape.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace liaison {

namespace {

constexpr bool isPlain(unsigned char c)
{
    return c >= 0x20 && c != '"' && c != '\\';
}

/// The same of eight characters at once. Each term leaves the highest bit of a byte set where the byte is not
/// plain; borrows may set others above it, which does no harm to the question whether there is any.
/// Source: "Bit Twiddling Hacks", haszero and hasless.
bool arePlain(std::uint64_t bytes)
{
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t highs = ones << 7;
    const auto zeros = [](std::uint64_t x) { return (x - ones) & ~x; };
    const auto controls = (bytes - ones * 0x20) & ~bytes;
    return ((controls | zeros(bytes ^ ones * '"') | zeros(bytes ^ ones * '\\')) & highs) == 0;
}

const char *firstNotPlain(const char *c, const char *end)
{
    for (std::uint64_t bytes = 0; end - c >= qsizetype(sizeof bytes); c += sizeof bytes) {
        std::memcpy(&bytes, c, sizeof bytes);
        if (!arePlain(bytes))
            break;
    }
    while (c != end && isPlain(static_cast<unsigned char>(*c)))
        ++c;
    return c;
}

void appendEscape(TextBuffer &text, unsigned char c)
{
    static constexpr std::string_view named = "\"\\\b\f\n\r\t";
    static constexpr std::string_view letters = "\"\\bfnrt";
    if (const auto index = named.find(char(c)); index != named.npos) {
        const std::array<char, 2> escape = {'\\', letters[index]};
        text.append(QByteArrayView(escape.data(), 2));
        return;
    }
    appendUnicodeEscape(text, c);
}

} // namespace

void appendEscaped(TextBuffer &text, QByteArrayView utf8)
{
    for (const char *run = utf8.begin(); run != utf8.end();) {
        const char *end = firstNotPlain(run, utf8.end());
        text.append(QByteArrayView(run, end));
        if (end == utf8.end())
            return;
        appendEscape(text, static_cast<unsigned char>(*end));
        run = end + 1;
    }
}

void appendUnicodeEscape(TextBuffer &text, unsigned unit)
{
    std::array<char, 8> escape{};
    const int length = std::snprintf(escape.data(), escape.size(), "\\u%04x", unit & 0xFFFFU);
    text.append(QByteArrayView(escape.data(), length));
}

} // namespace liaison
