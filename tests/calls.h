// SPDX-License-Identifier: MIT
#pragma once

#include "call.h"

namespace liaison {

/// A call that has ended after 5 ms, as CallTracker makes them.
inline Call endedCall(quint64 number, const QString &command = QStringLiteral("run"),
                      const QString &target = QStringLiteral("math:hypot"))
{
    Call call;
    call.number = number;
    call.client = 1;
    call.time_s = 1'764'183'816 + double(number) / 1000;
    call.duration_s = 0.005;
    call.state = CallState::Done;
    call.command = command;
    call.target = target;
    call.id = QByteArray::number(number);
    call.message = "{\"command\": {\"command\": \"" + command.toUtf8() + "\"}, \"id\": " + call.id + '}';
    call.answer = "{\"response\": 5.0, \"tag\": \"response\", \"evt\": {\"id\": " + call.id + "}}";
    return call;
}

inline Call runningCall(quint64 number)
{
    auto call = endedCall(number);
    call.state = CallState::Running;
    call.duration_s = 0;
    call.answer.clear();
    return call;
}

inline Call failedCall(quint64 number, const QString &type = QStringLiteral("ValueError"))
{
    auto call = endedCall(number);
    call.state = CallState::Failed;
    call.errorType = type;
    return call;
}

} // namespace liaison
