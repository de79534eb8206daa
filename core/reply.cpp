// SPDX-License-Identifier: MIT
#include "reply.h"

#include "jsontext.h"
#include "textbuffer.h"

namespace liaison {

namespace {

QByteArray joined(std::initializer_list<QByteArrayView> parts)
{
    qsizetype size = 0;
    for (const auto part : parts)
        size += part.size();
    TextBuffer text({}, size);
    for (const auto part : parts)
        text.append(part);
    return text.take();
}

} // namespace

QByteArray responseText(QByteArrayView value, const QByteArray &evt)
{
    return joined({responseStart, value, replyTag, "response", replyEvt, evt, replyEnd});
}

QByteArray errorText(const QByteArray &type, const QString &reason, const QByteArray &evt)
{
    const auto line = quotedJson(QString::fromUtf8(type) + QLatin1String(": ") + reason + QLatin1Char('\n'));
    // "json.decoder.JSONDecodeError" is the type's name behind its module's.
    const auto dot = type.lastIndexOf('.');
    const auto module = dot < 0 ? QByteArray("builtins") : type.first(dot);
    return joined({errorStart, "[", line, "]", replyException, "{\"type\": \"", type.sliced(dot + 1),
                   "\", \"module\": \"", module, "\", \"message\": ", quotedJson(reason),
                   ", \"cause\": null}", replyTag, "error", replyEvt, evt, replyEnd});
}

QByteArray errorText(const Fault &fault)
{
    return errorText(fault.type, fault.reason, fault.evt);
}

} // namespace liaison
