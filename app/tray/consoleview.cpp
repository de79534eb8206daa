// SPDX-License-Identifier: MIT
#include "consoleview.h"

#include "commandedit.h"
#include "connection.h"
#include "jsontext.h"
#include "message.h"
#include "outlinemodel.h"
#include "palettecolors.h"
#include "typedcommand.h"

#include <QFontDatabase>
#include <QPlainTextEdit>
#include <QPointer>
#include <QScrollBar>
#include <QTextCharFormat>
#include <QVBoxLayout>

namespace liaison {

namespace {

constexpr int mostLines = 5000;

/// So much of an answer is shown here; all of it is among the calls.
constexpr qsizetype mostShown = 4000;

/// An answer as a person reads it: the lines of a traceback as lines, anything else as indented JSON.
QString shownAnswer(bool isSuccess, const QByteArray &json)
{
    const std::string_view view(json.constData(), std::size_t(json.size()));
    QString text;
    if (isSuccess)
        text = json.size() > mostShown * 4 ? QString::fromUtf8(json.first(mostShown)) : prettyJson(json);
    else if (view.starts_with('['))
        for (const auto line : jsonElements(view))
            text += unquotedJson(line);
    else
        text = unquotedJson(view);
    text = text.trimmed();
    if (text.size() > mostShown)
        text = text.left(mostShown) + ConsoleView::tr("… (all of it is in the table above)");
    return text;
}

} // namespace

ConsoleView::ConsoleView(Connection &connection, QWidget *parent)
    : QWidget(parent)
    , m_connection(connection)
    , m_transcript(new QPlainTextEdit(this))
    , m_edit(new CommandEdit(this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_transcript);
    layout->addWidget(m_edit);
    const auto font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    m_transcript->setReadOnly(true);
    m_transcript->setMaximumBlockCount(mostLines);
    m_transcript->setFont(font);
    m_transcript->setPlaceholderText(tr("Answers to the commands that you type below appear here."));
    m_transcript->setAccessibleName(tr("Console"));
    m_transcript->setTabChangesFocus(true);
    m_transcript->setUndoRedoEnabled(false);
    m_edit->setFont(font);
    m_edit->setPlaceholderText(tr("run math:hypot 3 4"));
    m_edit->setAccessibleName(tr("Command"));
    connect(m_edit, &CommandEdit::submitted, this, &ConsoleView::send);
}

void ConsoleView::send(const QString &typed)
{
    append(QStringLiteral("> ") + typed, false);
    const auto number = ++m_lastNumber;
    const auto id = "\"console/" + QByteArray::number(number) + '"';
    try {
        const auto message = typedMessage(typed, id);
        m_connection.send(message, idOf(message),
                          [self = QPointer(this), number](bool isSuccess, const QByteArray &json) {
                              if (self)
                                  self->showAnswer(number, isSuccess, json);
                          });
    } catch (const TypedFault &fault) {
        // It can be mended.
        m_edit->setText(typed);
        append(QString::fromUtf8(fault.what()), true);
    }
}

void ConsoleView::showAnswer(quint64 number, bool isSuccess, const QByteArray &json)
{
    // Others may have been sent meanwhile: then it is said which of them this answers.
    const auto prefix = number == m_lastNumber ? QString() : tr("[%1] ").arg(number);
    append(prefix + shownAnswer(isSuccess, json), !isSuccess);
}

void ConsoleView::append(const QString &text, bool isError)
{
    auto *bar = m_transcript->verticalScrollBar();
    QTextCharFormat format;
    if (isError)
        format.setForeground(errorColor());
    QTextCursor cursor(m_transcript->document());
    cursor.movePosition(QTextCursor::End);
    if (!m_transcript->document()->isEmpty())
        cursor.insertBlock();
    cursor.insertText(text, format);
    bar->setValue(bar->maximum());
}

QString ConsoleView::transcript() const
{
    return m_transcript->toPlainText();
}

} // namespace liaison
