// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

#include <functional>

namespace liaison {

/// Takes what came of a command, on the thread that asked.
/// @param json the response or, without success, the error: an array of a traceback's lines
using Answered = std::function<void(bool isSuccess, const QByteArray &json)>;

/// Sends a command to the server that is watched.
/// @param commandObject such as {"command": "describe", "args": ["x"]}
/// @param answered is called once, at once or later, or never where the connection ends before
using Ask = std::function<void(const QByteArray &commandObject, const Answered &answered)>;

} // namespace liaison
