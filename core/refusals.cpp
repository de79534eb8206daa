// SPDX-License-Identifier: MIT
#include "refusals.h"

#include "logging.h"

namespace liaison {

namespace {

constexpr std::array<const char *, std::size_t(Refusal::Count)> names = {
    "origin",      "token",   "connections", "handshake", "protocol",
    "messageSize", "nesting", "waiting",     "unread",    "stalled"};

} // namespace

void Refusals::note(Refusal refusal, const QString &line)
{
    ++m_counts[std::size_t(refusal)];
    // Part of it comes from who was refused: it shall not write to the terminal what it likes.
    constexpr qsizetype longest = 300;
    auto shown = line.left(longest);
    for (auto &character : shown) {
        if (!character.isPrint())
            character = QChar::ReplacementCharacter;
    }
    qCInfo(lcLiaison).noquote() << "refused:" << shown;
}

QJsonObject Refusals::counts() const
{
    QJsonObject counts;
    for (std::size_t i = 0; i < names.size(); ++i)
        counts.insert(QLatin1String(names[i]), m_counts[i]);
    return counts;
}

} // namespace liaison
