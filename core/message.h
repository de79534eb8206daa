// SPDX-License-Identifier: MIT
#pragma once

#include "arguments.h"
#include "clientid.h"
#include "references.h"

#include <QByteArray>
#include <QExplicitlySharedDataPointer>
#include <QJsonDocument>
#include <QString>

#include <limits>
#include <memory>
#include <string_view>
#include <variant>

namespace liaison {

/// What a message says about the way its command is run.
struct CommandOptions {
    double timeout_s = 0; ///< after so long it is interrupted; 0: never
    bool streams = false; ///< whether the items of its result go out one by one
    References references = References::Top;
};

/// One command on its way from a client to the Companion. A value: cheap to copy, safe to hand to another
/// thread.
struct Command {
    ClientId client = everyClient;
    quint64 serial = 0; ///< counts commands in the order they came in; never 0 for one that was dispatched
    QString name;       ///< "run", "get", ...
    /// The message without arguments and id: what signals, logs and the tray read. Never null; shared by all
    /// commands that say the same.
    std::shared_ptr<const QJsonDocument> envelope;
    QByteArray evt; ///< the message as received, in strict JSON: replies carry it
    CommandOptions options;
    QExplicitlySharedDataPointer<Arguments> arguments; ///< never null; nobody changes them any more
    std::shared_ptr<const void>
        place; ///< among those of its client that wait; free when the last copy is gone
};

/// {"id": <the id of a message>}, null without one.
/// @param message an object in JSON
QByteArray idOnly(const QByteArray &message);

/// The id of a message, written in one way: two are equal where their JSON is. "null" without one.
/// @param message an object in JSON
QByteArray idOf(const QByteArray &message);

/// The only argument of a command that has one parameter, written in that way; null without it.
QByteArray firstArgument(const Arguments &arguments, std::string_view parameter);

/// A value, written in that way.
QByteArray canonicalJson(const QByteArray &value);

/// Why a message is no command, as the error reply to it.
struct Fault {
    QByteArray type; ///< the name of the Python exception that says it best
    QString reason;  ///< one sentence that names the field, what was expected and what came
    QByteArray
        evt; ///< the message, or {"id": null, "message": <its first 200 characters>} where it is no object
    bool isTooDeep = false; ///< nested beyond the limit
};

/// What a text that came in is.
/// @param text UTF-8, the payload of one WebSocket message
/// @param mostNesting brackets within brackets that it may have; more is a fault
std::variant<Command, Fault> parseMessage(const QByteArray &text,
                                          int mostNesting = std::numeric_limits<int>::max());

} // namespace liaison

Q_DECLARE_METATYPE(liaison::Command)
