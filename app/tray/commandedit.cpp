// SPDX-License-Identifier: MIT
#include "commandedit.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QKeyEvent>

namespace liaison {

namespace {

bool isOfName(QChar c)
{
    return c.isLetterOrNumber() || c == QLatin1Char('_');
}

bool isOfTarget(QChar c)
{
    return isOfName(c) || c == QLatin1Char('.') || c == QLatin1Char(':');
}

/// As the completer wants them: sorted, each once.
QStringList sorted(QStringList words)
{
    words.sort();
    words.removeDuplicates();
    return words;
}

} // namespace

CommandEdit::CommandEdit(QWidget *parent)
    : QLineEdit(parent)
    , m_completer(new QCompleter(this))
{
    setAccessibleName(tr("Command"));
    setPlaceholderText(tr("run math:hypot 3 4"));
    // Not setCompleter(), which would complete the line.
    m_completer->setWidget(this);
    m_completer->setModelSorting(QCompleter::CaseSensitivelySortedModel);
    connect(m_completer, qOverload<const QString &>(&QCompleter::activated), this, &CommandEdit::complete);
    connect(this, &QLineEdit::textEdited, this, &CommandEdit::offerCompletions);
}

void CommandEdit::setCommands(const QStringList &commands)
{
    m_commands.setStringList(sorted(commands));
}

void CommandEdit::setTargets(const QStringList &targets)
{
    m_targets.setStringList(sorted(targets));
}

void CommandEdit::setHistory(const QStringList &history)
{
    m_history.clear();
    for (const auto &text : history)
        remember(text);
    m_place = m_history.size();
}

void CommandEdit::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (isOffering() && m_completer->popup()->currentIndex().isValid())
            event->ignore(); // the completer's
        else
            submit();
        return;
    case Qt::Key_Escape:
        if (isOffering()) {
            m_completer->popup()->hide();
            return;
        }
        break;
    case Qt::Key_Up:
        showHistory(m_place - 1);
        return;
    case Qt::Key_Down:
        showHistory(m_place + 1);
        return;
    default:
        break;
    }
    QLineEdit::keyPressEvent(event);
}

bool CommandEdit::focusNextPrevChild(bool next)
{
    if (!isOffering())
        return QLineEdit::focusNextPrevChild(next);
    const auto chosen = m_completer->popup()->currentIndex();
    const auto completion = chosen.isValid() ? chosen.data().toString() : m_completer->currentCompletion();
    m_completer->popup()->hide();
    if (next)
        complete(completion);
    return true;
}

void CommandEdit::submit()
{
    m_completer->popup()->hide();
    const auto typed = text();
    if (typed.trimmed().isEmpty())
        return;
    remember(typed);
    m_place = m_history.size();
    m_draft.clear();
    clear();
    Q_EMIT submitted(typed);
}

void CommandEdit::remember(const QString &text)
{
    if (text.trimmed().isEmpty() || (!m_history.isEmpty() && m_history.last() == text))
        return;
    m_history.append(text);
    if (m_history.size() > longestHistory)
        m_history.removeFirst();
}

void CommandEdit::showHistory(qsizetype place)
{
    if (place < 0 || place > m_history.size())
        return;
    if (m_place == m_history.size())
        m_draft = text();
    m_place = place;
    setText(place == m_history.size() ? m_draft : m_history[place]);
}

/// Where the word begins that the cursor is in or behind.
qsizetype CommandEdit::wordStart() const
{
    const auto line = text();
    qsizetype start = cursorPosition();
    while (start > 0 && isOfTarget(line[start - 1]))
        --start;
    return start;
}

void CommandEdit::offerCompletions()
{
    const auto start = wordStart();
    const auto prefix = text().sliced(start, cursorPosition() - start);
    const bool isFirst = text().first(start).trimmed().isEmpty();
    QAbstractItemModel *const words = isFirst ? &m_commands : &m_targets;
    if (m_completer->model() != words)
        m_completer->setModel(words);
    m_completer->setCompletionPrefix(prefix);
    const bool isWhole = m_completer->completionCount() == 1 && m_completer->currentCompletion() == prefix;
    if (prefix.isEmpty() || m_completer->completionCount() == 0 || isWhole)
        m_completer->popup()->hide();
    else
        m_completer->complete();
}

void CommandEdit::complete(const QString &completion)
{
    const auto line = text();
    const auto start = wordStart();
    qsizetype end = cursorPosition();
    while (end < line.size() && isOfName(line[end]))
        ++end;
    // Unlike setText(), this can be undone.
    setSelection(int(start), int(end - start));
    insert(completion);
    // What was inserted counts as edited, and longer targets may begin with it.
    m_completer->popup()->hide();
}

bool CommandEdit::isOffering() const
{
    return m_completer->popup()->isVisible();
}

} // namespace liaison
