// SPDX-License-Identifier: MIT
#pragma once

#include "arguments.h"
#include "clientid.h"

#include <QByteArray>
#include <QExplicitlySharedDataPointer>
#include <QJsonDocument>
#include <QString>

#include <memory>
#include <variant>

namespace liaison {

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
    QExplicitlySharedDataPointer<Arguments> arguments; ///< never null; nobody changes them any more
};

/// {"id": <the id of a message>}, null without one.
/// @param message an object in JSON
QByteArray idOnly(const QByteArray &message);

/// Why a message is no command, as the error reply to it.
struct Fault {
    QByteArray type; ///< the name of the Python exception that says it best
    QString reason;  ///< one sentence that names the field, what was expected and what came
    QByteArray
        evt; ///< the message, or {"id": null, "message": <its first 200 characters>} where it is no object
};

/// What a text that came in is.
/// @param text UTF-8, the payload of one WebSocket message
std::variant<Command, Fault> parseMessage(const QByteArray &text);

} // namespace liaison

Q_DECLARE_METATYPE(liaison::Command)
