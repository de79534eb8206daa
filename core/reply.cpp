// SPDX-License-Identifier: MIT
#include "reply.h"

#include "jsontext.h"

namespace liaison {

QByteArray replyEnd(QByteArrayView tag, const QByteArray &evt)
{
    QByteArray end;
    end.reserve(tag.size() + evt.size() + 24);
    return end.append(", \"tag\": \"").append(tag).append("\", \"evt\": ").append(evt).append('}');
}

QByteArray responseText(QByteArrayView value, const QByteArray &evt)
{
    return responseStart.toByteArray() + value.toByteArray() + replyEnd("response", evt);
}

QByteArray errorText(const QByteArray &type, const QString &reason, const QByteArray &evt)
{
    const QString line = QString::fromUtf8(type) + QLatin1String(": ") + reason + QLatin1Char('\n');
    return errorStart.toByteArray() + '[' + quotedJson(line) + ']' + replyEnd("error", evt);
}

QByteArray errorText(const Fault &fault)
{
    return errorText(fault.type, fault.reason, fault.evt);
}

} // namespace liaison
