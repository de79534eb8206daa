// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArrayView>
#include <QString>
#include <QStringDecoder>

namespace liaison {

/// UTF-8 as text. A byte order mark at its start, which QString::fromUtf8() takes for the mark of an encoding
/// and drops, is text as well.
inline QString textOf(QByteArrayView utf8)
{
    using Flag = QStringDecoder::Flag;
    QStringDecoder decoder(QStringDecoder::Utf8, Flag::Stateless | Flag::ConvertInitialBom);
    return decoder(utf8);
}

} // namespace liaison
