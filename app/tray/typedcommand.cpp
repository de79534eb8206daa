// SPDX-License-Identifier: MIT
#include "typedcommand.h"

#include "jsontext.h"

#include <QList>
#include <QRegularExpression>
#include <QStringList>

#include <optional>

namespace liaison {

namespace {

std::string_view viewOf(const QByteArray &text)
{
    return {text.constData(), std::size_t(text.size())};
}

QByteArray bytes(std::string_view text)
{
    return {text.data(), qsizetype(text.size())};
}

std::optional<std::string_view> lastMember(std::string_view object, const QString &name)
{
    std::optional<std::string_view> found;
    for (const auto &member : jsonMembers(object)) {
        if (member.name == name)
            found = member.value;
    }
    return found;
}

QByteArray wholeMessage(const QByteArray &command, const QByteArray &idJson)
{
    return "{\"command\": " + command + ", \"id\": " + idJson + '}';
}

QByteArray messageOfJson(const QByteArray &json, const QByteArray &idJson)
{
    std::string_view object;
    try {
        object = scanJson(viewOf(json)).value;
    } catch (const JsonFault &fault) {
        throw TypedFault(
            QStringLiteral("What begins with { must be JSON: %1.").arg(QString::fromUtf8(fault.what())));
    }
    const auto command = lastMember(object, QStringLiteral("command"));
    if (!command)
        throw TypedFault(
            QStringLiteral("The object has no \"command\", which must be a command's name or an object."));
    if (command->starts_with('"'))
        return wholeMessage(bytes(object), idJson);
    if (!command->starts_with('{'))
        throw TypedFault(QStringLiteral("\"command\" must be a command's name or an object, not %1.")
                             .arg(QString::fromUtf8(bytes(*command).left(40))));
    auto message = bytes(object);
    if (!lastMember(object, QStringLiteral("id")))
        message.insert(message.size() - 1, ", \"id\": " + idJson);
    return message;
}

/// Cuts a line into words at blanks outside brackets and quotes.
class WordReader {
public:
    explicit WordReader(const QString &line)
        : m_line(line)
    {
    }

    /// Null behind the last.
    QString next()
    {
        while (m_position < m_line.size() && m_line[m_position].isSpace())
            ++m_position;
        const auto start = m_position;
        for (; m_position < m_line.size(); ++m_position) {
            const auto c = m_line[m_position];
            if (c.isSpace() && m_open.isEmpty())
                break;
            if (isQuote(c) && quotesCountHere(start))
                skipQuoted();
            else
                follow(c);
        }
        if (!m_open.isEmpty())
            throw TypedFault(QStringLiteral("The %1 is not closed.").arg(described(m_open.last())));
        return m_position > start ? m_line.sliced(start, m_position - start) : QString();
    }

private:
    static bool isQuote(QChar c) { return c == QLatin1Char('"') || c == QLatin1Char('\''); }

    /// Elsewhere they are text, as in don't.
    bool quotesCountHere(qsizetype start) const
    {
        return !m_open.isEmpty() || m_position == start || m_line[m_position - 1] == QLatin1Char('=');
    }

    void skipQuoted()
    {
        const auto start = m_position++;
        for (; m_position < m_line.size(); ++m_position) {
            if (m_line[m_position] == m_line[start])
                return;
            if (m_line[m_position] == QLatin1Char('\\'))
                ++m_position;
        }
        throw TypedFault(QStringLiteral("The quote %1 is not closed.").arg(described(start)));
    }

    void follow(QChar c)
    {
        static const auto opening = QStringLiteral("([{");
        static const auto closing = QStringLiteral(")]}");
        const auto kind = closing.indexOf(c);
        if (opening.contains(c))
            m_open.append(m_position);
        if (kind < 0)
            return;
        if (m_open.isEmpty())
            throw TypedFault(QStringLiteral("The %1 closes nothing.").arg(described(m_position)));
        if (m_line[m_open.last()] != opening[kind])
            throw TypedFault(QStringLiteral("The %1 does not close the %2.")
                                 .arg(described(m_position), described(m_open.last())));
        m_open.removeLast();
    }

    QString described(qsizetype position) const
    {
        return QStringLiteral("%1 at character %2").arg(m_line[position]).arg(position + 1);
    }

    const QString &m_line;
    qsizetype m_position = 0;
    QList<qsizetype> m_open; ///< where brackets are
};

QByteArray jsonOfWord(const QString &word)
{
    const auto text = word.toUtf8();
    try {
        return bytes(scanJson(viewOf(text)).value);
    } catch (const JsonFault &) {
        return quotedJson(word);
    }
}

QByteArray messageOfWords(const QString &typed, const QByteArray &idJson)
{
    static const QRegularExpression keyword(QStringLiteral("^([^\\W\\d]\\w*)=(?!=)"),
                                            QRegularExpression::UseUnicodePropertiesOption);
    WordReader words(typed);
    const auto name = words.next();
    QByteArrayList args;
    QByteArrayList kwargs;
    QStringList names;
    for (auto word = words.next(); !word.isNull(); word = words.next()) {
        const auto match = keyword.match(word);
        if (!match.hasMatch()) {
            args.append(jsonOfWord(word));
            continue;
        }
        if (names.contains(match.captured(1)))
            throw TypedFault(
                QStringLiteral("The keyword argument %1 is given twice.").arg(match.captured(1)));
        names.append(match.captured(1));
        kwargs.append(quotedJson(names.last()) + ": " + jsonOfWord(word.sliced(match.capturedEnd())));
    }
    const auto quotedName = jsonOfWord(name);
    auto command = "{\"command\": " + (quotedName.startsWith('"') ? quotedName : quotedJson(name));
    if (!args.isEmpty())
        command += ", \"args\": [" + args.join(", ") + ']';
    if (!kwargs.isEmpty())
        command += ", \"kwargs\": {" + kwargs.join(", ") + '}';
    return wholeMessage(command + '}', idJson);
}

} // namespace

QByteArray typedMessage(const QString &typed, const QByteArray &idJson)
{
    const auto start = typed.trimmed();
    if (start.isEmpty())
        throw TypedFault(QStringLiteral("A command is missing, such as: run math:hypot 3 4."));
    return start.startsWith(QLatin1Char('{')) ? messageOfJson(start.toUtf8(), idJson)
                                              : messageOfWords(typed, idJson);
}

} // namespace liaison
