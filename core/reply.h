// SPDX-License-Identifier: MIT
#pragma once

#include "message.h"

#include <QByteArray>
#include <QByteArrayView>

namespace liaison {

/// The parts of a reply, in their order: responseStart or errorStart; JSON: the result, or the array of
/// traceback lines; after an error replyException and JSON: the exception; replyTag, "response" or "error",
/// replyEvt; JSON: what the reply answers; replyEnd.
inline constexpr QByteArrayView responseStart = "{\"response\": ";
inline constexpr QByteArrayView errorStart = "{\"error\": ";
inline constexpr QByteArrayView itemStart = "{\"item\": ";
inline constexpr QByteArrayView replyTag = ", \"tag\": \"";
inline constexpr QByteArrayView replyEvt = "\", \"evt\": ";
inline constexpr QByteArrayView replyException = ", \"exception\": ";
inline constexpr QByteArrayView replyEnd = "}";

/// A whole reply.
/// @param value JSON: the result
QByteArray responseText(QByteArrayView value, const QByteArray &evt);

/// A whole error reply of one line, "type: reason\n": the form of an exception that no Python code raised.
QByteArray errorText(const QByteArray &type, const QString &reason, const QByteArray &evt);

/// The error reply to a message that is no command.
QByteArray errorText(const Fault &fault);

} // namespace liaison
