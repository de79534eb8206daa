// SPDX-License-Identifier: MIT
#pragma once

#include "call.h"

#include <QByteArray>
#include <QList>
#include <QString>

namespace liaison {

/// A call as one line of JSON, without its end: {"time", "client", "duration", "message", "answer"}: seconds,
/// a number (null: all), seconds (null before the end), what was received and what was sent (null: nothing).
/// They are JSON as it was, or text where it was none.
QByteArray trafficLine(const Call &call);

/// Writes calls to a file, a line each; the whole or nothing.
/// @return null, or why it could not be done
QString saveTraffic(const QList<Call> &calls, const QString &path);

} // namespace liaison
