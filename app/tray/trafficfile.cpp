// SPDX-License-Identifier: MIT
#include "trafficfile.h"

#include "jsontext.h"

#include <QSaveFile>

namespace liaison {

namespace {

constexpr int microseconds = 6;

/// JSON in one line, which strings cannot break; text that is no JSON as a string.
QByteArray jsonOf(const QByteArray &text)
{
    if (text.isEmpty())
        return "null";
    try {
        const auto outline = scanJson({text.constData(), std::size_t(text.size())});
        auto line = outline.hasNonFinite ? withoutNonFinite(outline.value)
                                         : QByteArray(outline.value.data(), qsizetype(outline.value.size()));
        return line.replace('\n', ' ').replace('\r', ' ');
    } catch (const JsonFault &) {
        return quotedJson(QString::fromUtf8(text));
    }
}

} // namespace

QByteArray trafficLine(const Call &call)
{
    const bool hasEnded = call.state == CallState::Done || call.state == CallState::Failed;
    return "{\"time\": " + QByteArray::number(call.time_s, 'f', microseconds) +
           ", \"client\": " + (call.client == everyClient ? "null" : QByteArray::number(call.client)) +
           ", \"duration\": " + (hasEnded ? QByteArray::number(call.duration_s, 'f', microseconds) : "null") +
           ", \"message\": " + jsonOf(call.message) + ", \"answer\": " + jsonOf(call.answer) + '}';
}

QString saveTraffic(const QList<Call> &calls, const QString &path)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return file.errorString();
    for (const auto &call : calls)
        file.write(trafficLine(call) + '\n');
    return file.commit() ? QString() : file.errorString();
}

} // namespace liaison
