// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QExplicitlySharedDataPointer>
#include <QSharedData>
#include <QString>

#include <simdjson.h>

#include <optional>

namespace liaison {

/// The "args" and "kwargs" of a command. Either simdjson has parsed them, and they are elements of
/// `document`, or they hold what it declines (integers past 64 bits, NaN, lone surrogates, deep nesting):
/// then they are text that json.loads accepts.
class Arguments final : public QSharedData {
public:
    simdjson::dom::document document;
    std::optional<simdjson::dom::array> args;
    std::optional<simdjson::dom::object> kwargs;

    QByteArray argsText;
    QByteArray kwargsText;

    qsizetype argsCount = 0;
    QString firstKeyword; ///< the name of the first keyword argument, null without one

    /// As new, but for the document's memory.
    void reset();
};

/// Fresh ones for a message of so many bytes. Short messages get those back that their thread had before and
/// nobody else needs any more: no memory goes back and forth between threads.
QExplicitlySharedDataPointer<Arguments> newArguments(qsizetype messageSize);

} // namespace liaison
