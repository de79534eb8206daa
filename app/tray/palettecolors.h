// SPDX-License-Identifier: MIT
#pragma once

#include <QColor>

namespace liaison {

/// A colour for errors that can be read on a light background and on a dark one.
inline QColor errorColor()
{
    return {0xdd, 0x45, 0x45};
}

} // namespace liaison
