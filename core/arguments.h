// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QString>

#include <simdjson.h>

#include <optional>

namespace liaison {

/// The "args" and "kwargs" of a command. Either simdjson has parsed them, and they are elements of `document`,
/// or they hold what it declines (integers past 64 bits, NaN, lone surrogates, deep nesting): then they are text
/// that json.loads accepts.
class Arguments {
public:
    simdjson::dom::document document;
    std::optional<simdjson::dom::array> args;
    std::optional<simdjson::dom::object> kwargs;

    QByteArray argsText;
    QByteArray kwargsText;

    qsizetype argsCount = 0;
    QString firstKeyword; ///< the name of the first keyword argument, null without one

    bool isText() const { return !argsText.isNull() || !kwargsText.isNull(); }
};

} // namespace liaison
