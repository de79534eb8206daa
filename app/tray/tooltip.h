// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

namespace liaison {

/// A tool tip that shows any text as it is, its beginning at least: Qt takes what looks like HTML for HTML.
inline QString plainToolTip(const QString &text)
{
    constexpr qsizetype longest = 2000;
    const auto shown = text.size() > longest ? text.first(longest) + QChar(0x2026) : text;
    return QStringLiteral("<p style=\"white-space: pre-wrap\">%1</p>").arg(shown.toHtmlEscaped());
}

} // namespace liaison
