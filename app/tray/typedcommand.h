// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QString>

#include <stdexcept>

namespace liaison {

/// Why what was typed is no command: one sentence for who typed it.
class TypedFault : public std::runtime_error {
public:
    explicit TypedFault(const QString &sentence)
        : std::runtime_error(sentence.toStdString())
    {
    }
};

/// The message that a person means by a line of text. One of
/// - a whole message in JSON: `{"command": {"command": "ping"}}`, which keeps an id of its own;
/// - the command in JSON: `{"command": "run", "args": ["math:hypot", 3, 4]}`;
/// - words: `run math:hypot 3 4`, `try scipy.stats:ttest_ind $a $b equal_var=false`. A word is the JSON that
/// it
///   is, and otherwise text; name=word is a keyword argument. Blanks within brackets or quotes part no words.
/// Numbers stay as they were typed.
/// @param idJson the message's id, as JSON
/// @throws TypedFault where it is none of these
QByteArray typedMessage(const QString &typed, const QByteArray &idJson);

} // namespace liaison
