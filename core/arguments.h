// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QString>

#include <simdjson.h>

#include <memory>
#include <optional>

namespace liaison {

/// The "args" and "kwargs" of a command. Either simdjson has parsed them, and they are elements of
/// `document`, or they hold what it declines (integers past 64 bits, NaN, lone surrogates, deep nesting):
/// then they are text that json.loads accepts.
class Arguments {
public:
    simdjson::dom::document document;
    std::optional<simdjson::dom::array> args;
    std::optional<simdjson::dom::object> kwargs;

    QByteArray argsText;
    QByteArray kwargsText;

    qsizetype argsCount = 0;
    QString firstKeyword; ///< the name of the first keyword argument, null without one
};

/// Fresh ones. What they were before goes back where they came from when nobody needs them any more, so that
/// the document's memory serves again. Thread-safe.
std::shared_ptr<Arguments> newArguments();

} // namespace liaison
