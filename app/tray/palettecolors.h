// SPDX-License-Identifier: MIT
#pragma once

#include <QColor>
#include <QPalette>

namespace liaison {

inline bool isDark(const QPalette &palette)
{
    return palette.color(QPalette::Base).lightness() < palette.color(QPalette::Text).lightness();
}

/// A colour for errors that can be read on the palette's background.
inline QColor errorColor(const QPalette &palette)
{
    return isDark(palette) ? QColor(0xff, 0x8a, 0x80) : QColor(0xb7, 0x1c, 0x1c);
}

} // namespace liaison
