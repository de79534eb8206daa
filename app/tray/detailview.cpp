// SPDX-License-Identifier: MIT
#include "detailview.h"

#include "jsontext.h"
#include "outlineview.h"

#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QPlainTextEdit>
#include <QTabWidget>
#include <QToolButton>

namespace liaison {

namespace {

std::string_view viewOf(const QByteArray &text)
{
    return {text.constData(), std::size_t(text.size())};
}

} // namespace

QString tracebackOf(const QByteArray &answer)
{
    QString text;
    try {
        const auto outline = scanJson(viewOf(answer));
        if (!outline.value.starts_with('{'))
            return {};
        for (const auto &[name, lines] : jsonMembers(outline.value)) {
            if (name != QLatin1String("error") || !lines.starts_with('['))
                continue;
            for (const auto line : jsonElements(lines))
                text += line.starts_with('"') ? unquotedJson(line) : QString();
        }
    } catch (const JsonFault &) {
        return {};
    }
    return text;
}

DetailView::DetailView(QWidget *parent)
    : QSplitter(Qt::Horizontal, parent)
    , m_left(new QTabWidget(this))
    , m_right(new QTabWidget(this))
    , m_message(new OutlineView(tr("Message"), m_left))
    , m_answer(new OutlineView(tr("Answer"), m_right))
    , m_traceback(new QPlainTextEdit(m_right))
    , m_copyLeft(addCopyButton(m_left))
    , m_copyRight(addCopyButton(m_right))
{
    m_left->setObjectName(QStringLiteral("messageTabs"));
    m_right->setObjectName(QStringLiteral("answerTabs"));
    m_message->setObjectName(QStringLiteral("message"));
    m_answer->setObjectName(QStringLiteral("answer"));
    m_traceback->setReadOnly(true);
    m_traceback->setAccessibleName(tr("Traceback"));
    m_traceback->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_traceback->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_traceback->setTabChangesFocus(true);
    m_traceback->setFrameShape(QFrame::NoFrame);
    m_left->addTab(m_message, tr("Message"));
    m_right->addTab(m_answer, tr("Answer"));
    m_right->addTab(m_traceback, tr("Traceback"));
    connect(m_right, &QTabWidget::currentChanged, this, &DetailView::showWhatCanBeCopied);
    addWidget(m_left);
    addWidget(m_right);
    setChildrenCollapsible(false);
    setStretchFactor(0, 1);
    setStretchFactor(1, 1);
    showNone();
}

/// In the corner of some tabs: copies what the current one shows.
QToolButton *DetailView::addCopyButton(QTabWidget *tabs)
{
    auto *copy = new QToolButton(tabs);
    copy->setText(tr("Copy"));
    copy->setToolTip(tr("Copy all of it"));
    copy->setAutoRaise(true);
    copy->setFocusPolicy(Qt::StrongFocus);
    connect(copy, &QToolButton::clicked, this,
            [tabs] { QGuiApplication::clipboard()->setText(textOf(tabs)); });
    tabs->setCornerWidget(copy);
    return copy;
}

QString DetailView::textOf(const QTabWidget *tabs)
{
    if (const auto *outline = qobject_cast<const OutlineView *>(tabs->currentWidget()))
        return prettyJson(outline->text());
    if (const auto *text = qobject_cast<const QPlainTextEdit *>(tabs->currentWidget()))
        return text->toPlainText();
    return {};
}

void DetailView::showWhatCanBeCopied()
{
    m_copyLeft->setEnabled(!m_message->text().isEmpty());
    m_copyRight->setEnabled(m_right->currentWidget() == m_traceback || !m_answer->text().isEmpty());
}

void DetailView::show(const Call &call)
{
    if (call.number == m_number && call.state == m_state)
        return;
    if (call.number != m_number) {
        if (call.state == CallState::Pushed)
            m_message->setNothing(tr("Python sent this by itself."));
        else
            m_message->setText(call.message);
    }
    m_number = call.number;
    m_state = call.state;
    showAnswer(call);
}

void DetailView::showAnswer(const Call &call)
{
    const auto traceback = call.state == CallState::Failed ? tracebackOf(call.answer) : QString();
    m_traceback->setPlainText(traceback);
    m_right->setTabEnabled(1, !traceback.isEmpty());
    m_right->setCurrentIndex(traceback.isEmpty() ? 0 : 1);
    if (call.state == CallState::Running)
        m_answer->setNothing(tr("There is no answer yet."));
    else if (call.state == CallState::Unknown)
        m_answer->setNothing(tr("The answer was not seen."));
    else
        m_answer->setText(call.answer);
    showWhatCanBeCopied();
}

void DetailView::showNone()
{
    m_number = 0;
    m_message->setNothing(tr("Select a call to see its message."));
    m_answer->setNothing(tr("Select a call to see its answer."));
    m_traceback->clear();
    m_right->setTabEnabled(1, false);
    m_right->setCurrentIndex(0);
    showWhatCanBeCopied();
}

QString DetailView::traceback() const
{
    return m_traceback->toPlainText();
}

} // namespace liaison
