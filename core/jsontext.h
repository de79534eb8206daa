// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QJsonValue>
#include <QList>
#include <QString>

#include <optional>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace liaison {

/// Where and why a text is not JSON. what() reads like Python's JSONDecodeError:
/// "Expecting value: line 1 column 13 (char 12)".
class JsonFault : public std::runtime_error {
public:
    JsonFault(std::string_view text, std::size_t offset, const char *reason);
};

/// One member of an object: its name, and the text of its value (a view into the scanned text).
struct JsonMember {
    QString name;
    std::string_view value;
};

/// What a whole text holds, found without building any value.
struct JsonOutline {
    std::string_view value;    ///< the one value, without the white space around it
    bool hasNonFinite = false; ///< whether NaN, Infinity or -Infinity occurs outside strings
    qsizetype childCount = 0;  ///< elements of the array, or members of the object, that the value is
};

/// One element of an array or one member of an object, as views into the scanned text.
struct JsonChild {
    std::string_view name; ///< as a JSON string, quotes included; empty in an array
    std::string_view value;
    qsizetype childCount = 0; ///< as of JsonOutline
};

/// Checks that `text` is one value in the grammar of Python's json.loads (RFC 8259 and the literals NaN,
/// Infinity and -Infinity), at any depth of nesting.
/// @throws JsonFault where it is not
JsonOutline scanJson(std::string_view text);

/// Walks over the children of an array or object that scanJson() has accepted, in their order, duplicates
/// included, and no further than one asks.
class JsonChildren final {
public:
    explicit JsonChildren(std::string_view container)
        : m_container(container)
    {
    }

    std::optional<JsonChild> next(); ///< none behind the last

private:
    std::string_view m_container;
    std::size_t m_position = 1;
};

/// The members of an object that scanJson() has accepted, in their order, duplicates included.
QList<JsonMember> jsonMembers(std::string_view object);

/// The texts of the elements of an array that scanJson() has accepted.
std::vector<std::string_view> jsonElements(std::string_view array);

/// The number of elements of an array that scanJson() has accepted.
qsizetype jsonElementCount(std::string_view array);

/// How deep the brackets of a text are nested that is JSON; of another, no less than what a parser gets to.
std::ptrdiff_t jsonNesting(std::string_view text);

/// The text of a JSON string that scanJson() has accepted, quotes included, as what it stands for.
/// Lone surrogates survive.
QString unquotedJson(std::string_view string);

/// `text`, which scanJson() has accepted, with null for every NaN, Infinity and -Infinity: strict JSON.
QByteArray withoutNonFinite(std::string_view text);

/// `text` as a JSON string, quotes included, in UTF-8.
QByteArray quotedJson(const QString &text);

/// A value as compact JSON, and back: of the JSON that Qt knows, in which objects are sorted and numbers are
/// doubles or 64 bits long.
QByteArray compactJson(const QJsonValue &value);
QJsonValue qtValue(const QByteArray &json);

} // namespace liaison
