// SPDX-License-Identifier: MIT
#include "jsontext.h"

#include "utf8.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <array>
#include <vector>

namespace liaison {

namespace {

constexpr std::array<std::string_view, 6> literals = {"null", "true",     "false",
                                                      "NaN",  "Infinity", "-Infinity"};

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isHexDigit(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Python counts characters, this text is counted in bytes: leave out UTF-8's continuation bytes.
std::ptrdiff_t characterCount(std::string_view text)
{
    return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

std::string describedPosition(std::string_view text, std::size_t offset, const char *reason)
{
    const auto before = text.substr(0, std::min(offset, text.size()));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto lineStart = before.rfind('\n');
    const auto column = characterCount(lineStart == before.npos ? before : before.substr(lineStart + 1)) + 1;
    return std::string(reason) + ": line " + std::to_string(line) + " column " + std::to_string(column) +
           " (char " + std::to_string(characterCount(before)) + ")";
}

/// Walks over JSON text and says where it is none. Keeps its own stack, so depth costs no recursion.
class Cursor {
public:
    explicit Cursor(std::string_view text, std::size_t position = 0)
        : m_text(text)
        , m_position(position)
    {
    }

    bool hasNonFinite() const { return m_hasNonFinite; }
    /// The children of the value that was skipped last.
    qsizetype childCount() const { return m_childCount; }
    std::size_t position() const { return m_position; }
    bool atEnd() const { return m_position >= m_text.size(); }
    char current() const { return atEnd() ? '\0' : m_text[m_position]; }
    void advance() { ++m_position; }

    void skipSpace()
    {
        const auto next = m_text.find_first_not_of(" \t\n\r", m_position);
        m_position = next == m_text.npos ? m_text.size() : next;
    }

    std::string_view skipString()
    {
        const auto start = m_position++;
        while (true) {
            if (atEnd())
                throw JsonFault(m_text, start, "Unterminated string starting at");
            const char c = m_text[m_position];
            if (c == '"')
                break;
            if (static_cast<unsigned char>(c) < 0x20)
                throw JsonFault(m_text, m_position, "Invalid control character at");
            if (c == '\\')
                skipEscape(start);
            else
                ++m_position;
        }
        ++m_position;
        return m_text.substr(start, m_position - start);
    }

    /// Leaves the cursor behind one whole value and answers its text.
    std::string_view skipValue()
    {
        const auto start = m_position;
        std::vector<char> open;
        m_childCount = 0;
        do {
            if (!skipOpening(open))
                continue;
            skipClosings(open);
        } while (!open.empty());
        return m_text.substr(start, m_position - start);
    }

    void expectEnd()
    {
        skipSpace();
        if (!atEnd())
            throw JsonFault(m_text, m_position, "Extra data");
    }

    /// Reads `"name" :` and the space around it.
    std::string_view skipName()
    {
        skipSpace();
        if (current() != '"')
            throw JsonFault(m_text, m_position, "Expecting property name enclosed in double quotes");
        const auto name = skipString();
        skipSpace();
        if (current() != ':')
            throw JsonFault(m_text, m_position, "Expecting ':' delimiter");
        advance();
        skipSpace();
        return name;
    }

private:
    void skipEscape(std::size_t stringStart)
    {
        ++m_position;
        if (atEnd())
            throw JsonFault(m_text, stringStart, "Unterminated string starting at");
        const char c = m_text[m_position];
        if (c != 'u' && std::string_view("\"\\/bfnrt").find(c) == std::string_view::npos)
            throw JsonFault(m_text, m_position - 1, "Invalid \\escape");
        ++m_position;
        if (c != 'u')
            return;
        // As Python does: an escape that ends the text is no whole one.
        if (m_position + 4 >= m_text.size())
            throw JsonFault(m_text, m_position - 1, "Invalid \\uXXXX escape");
        for (int i = 0; i < 4; ++i, ++m_position) {
            if (!isHexDigit(current()))
                throw JsonFault(m_text, m_position - static_cast<std::size_t>(i) - 1,
                                "Invalid \\uXXXX escape");
        }
    }

    /// One scalar, or one bracket and what must follow it. Answers whether a value is complete.
    bool skipOpening(std::vector<char> &open)
    {
        const char c = current();
        if (c == '"') {
            skipString();
        } else if (c == '[' || c == '{') {
            open.push_back(c);
            advance();
            skipSpace();
            if (current() == (c == '[' ? ']' : '}')) {
                open.pop_back();
                advance();
            } else {
                countChild(open);
                if (c == '{')
                    skipName();
                return false;
            }
        } else if (!atEnd() && (isDigit(c) || (c == '-' && m_text.substr(m_position, 2) != "-I"))) {
            skipNumber();
        } else {
            skipLiteral();
        }
        return true;
    }

    /// After a complete value: closing brackets, or the comma that leads to the next value.
    void skipClosings(std::vector<char> &open)
    {
        while (!open.empty()) {
            skipSpace();
            const char c = current();
            if (c == (open.back() == '[' ? ']' : '}')) {
                open.pop_back();
                advance();
                continue;
            }
            if (c != ',')
                throw JsonFault(m_text, m_position, "Expecting ',' delimiter");
            advance();
            skipSpace();
            countChild(open);
            if (open.back() == '{')
                skipName();
            return;
        }
    }

    void countChild(const std::vector<char> &open)
    {
        if (open.size() == 1)
            ++m_childCount;
    }

    void skipDigits()
    {
        while (isDigit(current()))
            advance();
    }

    void skipNumber()
    {
        const auto start = m_position;
        if (current() == '-')
            advance();
        if (!isDigit(current()))
            throw JsonFault(m_text, start, "Expecting value");
        if (current() == '0')
            advance();
        else
            skipDigits();
        // As Python does: a fraction or exponent without digits is not part of the number.
        if (current() == '.' && m_position + 1 < m_text.size() && isDigit(m_text[m_position + 1])) {
            advance();
            skipDigits();
        }
        if (current() == 'e' || current() == 'E') {
            auto digits = m_position + 1;
            if (digits < m_text.size() && (m_text[digits] == '+' || m_text[digits] == '-'))
                ++digits;
            if (digits < m_text.size() && isDigit(m_text[digits])) {
                m_position = digits;
                skipDigits();
            }
        }
    }

    void skipLiteral()
    {
        for (const auto literal : literals) {
            if (m_text.substr(m_position, literal.size()) != literal)
                continue;
            m_hasNonFinite = m_hasNonFinite || literal == "NaN" || literal.ends_with("Infinity");
            m_position += literal.size();
            return;
        }
        throw JsonFault(m_text, m_position, "Expecting value");
    }

    std::string_view m_text;
    std::size_t m_position;
    qsizetype m_childCount = 0;
    bool m_hasNonFinite = false;
};

} // namespace

JsonFault::JsonFault(std::string_view text, std::size_t offset, const char *reason)
    : std::runtime_error(describedPosition(text, offset, reason))
{
}

JsonOutline scanJson(std::string_view text)
{
    if (text.starts_with("\xEF\xBB\xBF"))
        throw JsonFault(text, 0, "Unexpected UTF-8 BOM");
    Cursor cursor(text);
    cursor.skipSpace();
    const auto value = cursor.skipValue();
    cursor.expectEnd();
    return {value, cursor.hasNonFinite(), cursor.childCount()};
}

std::optional<JsonChild> JsonChildren::next()
{
    Cursor cursor(m_container, m_position);
    cursor.skipSpace();
    if (cursor.current() == ',')
        cursor.advance();
    if (cursor.position() + 1 == m_container.size())
        return {};
    JsonChild child;
    if (m_container.front() == '{')
        child.name = cursor.skipName();
    cursor.skipSpace();
    child.value = cursor.skipValue();
    child.childCount = cursor.childCount();
    m_position = cursor.position();
    return child;
}

QList<JsonMember> jsonMembers(std::string_view object)
{
    QList<JsonMember> members;
    JsonChildren children(object);
    while (const auto child = children.next())
        members.append({unquotedJson(child->name), child->value});
    return members;
}

std::vector<std::string_view> jsonElements(std::string_view array)
{
    std::vector<std::string_view> elements;
    JsonChildren children(array);
    while (const auto child = children.next())
        elements.push_back(child->value);
    return elements;
}

qsizetype jsonElementCount(std::string_view array)
{
    Cursor cursor(array);
    cursor.skipValue();
    return cursor.childCount();
}

std::ptrdiff_t jsonNesting(std::string_view text)
{
    std::ptrdiff_t deepest = 0;
    std::ptrdiff_t depth = 0;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString && c == '\\')
            ++i;
        else if (c == '"')
            inString = !inString;
        else if (!inString && (c == '[' || c == '{'))
            deepest = std::max(deepest, ++depth);
        else if (!inString && (c == ']' || c == '}'))
            --depth;
    }
    return deepest;
}

QString unquotedJson(std::string_view string)
{
    static constexpr std::string_view escapes = "\"\\/bfnrt";
    static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    QString text;
    auto rest = string.substr(1, string.size() - 2);
    while (!rest.empty()) {
        const auto backslash = std::min(rest.find('\\'), rest.size());
        text += textOf({rest.data(), static_cast<qsizetype>(backslash)});
        rest.remove_prefix(backslash);
        if (rest.empty())
            break;
        if (rest[1] == 'u') {
            text += QChar(QByteArray(rest.data() + 2, 4).toUShort(nullptr, 16));
            rest.remove_prefix(6);
        } else {
            text += QLatin1Char(meanings[escapes.find(rest[1])]);
            rest.remove_prefix(2);
        }
    }
    return text;
}

QByteArray withoutNonFinite(std::string_view text)
{
    QByteArray strict;
    strict.reserve(static_cast<qsizetype>(text.size()));
    for (std::size_t i = 0; i < text.size();) {
        std::size_t length = 1;
        std::string_view replacement;
        if (text[i] == '"') {
            Cursor string(text.substr(i));
            length = string.skipString().size();
        } else if (text[i] == 'N' || text[i] == 'I' || text.substr(i, 2) == "-I") {
            length = text[i] == 'N' ? 3 : text[i] == 'I' ? 8 : 9;
            replacement = "null";
        }
        if (replacement.empty())
            replacement = text.substr(i, length);
        strict.append(replacement.data(), static_cast<qsizetype>(replacement.size()));
        i += length;
    }
    return strict;
}

QByteArray quotedJson(const QString &text)
{
    return compactJson(text);
}

QByteArray compactJson(const QJsonValue &value)
{
    const auto array = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return array.sliced(1, array.size() - 2);
}

QJsonValue qtValue(const QByteArray &json)
{
    return QJsonDocument::fromJson('[' + json + ']').array().at(0);
}

} // namespace liaison
