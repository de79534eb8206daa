// SPDX-License-Identifier: MIT
#pragma once

#include "message.h"

#include <QByteArray>
#include <QByteArrayView>

namespace liaison {

/// The text that opens a reply with a value. The value's JSON follows, then replyEnd("response", evt).
inline constexpr QByteArrayView responseStart = "{\"response\": ";

/// The text that opens an error reply. The JSON array of traceback lines follows, then replyEnd("error", evt).
inline constexpr QByteArrayView errorStart = "{\"error\": ";

/// The text that closes a reply.
/// @param tag "response" or "error"
/// @param evt JSON: what the reply answers
QByteArray replyEnd(QByteArrayView tag, const QByteArray &evt);

/// A whole reply.
/// @param value JSON: the result
QByteArray responseText(QByteArrayView value, const QByteArray &evt);

/// A whole error reply of one line, "type: reason\n": the form of an exception that no Python code raised.
QByteArray errorText(const QByteArray &type, const QString &reason, const QByteArray &evt);

/// The error reply to a message that is no command.
QByteArray errorText(const Fault &fault);

} // namespace liaison
