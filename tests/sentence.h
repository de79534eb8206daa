// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

namespace liaison {

/// What an error of a kind says that a function throws; null where it throws none.
template <typename Error, typename Function> QString sentenceOf(Function function)
{
    try {
        function();
    } catch (const Error &error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

} // namespace liaison
