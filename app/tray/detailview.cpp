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
#include <QVBoxLayout>

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
    , m_message(new OutlineView(tr("Message"), this))
    , m_tabs(new QTabWidget)
{
    auto *right = m_tabs;
    m_answer = new OutlineView(tr("Answer"), right);
    m_message->setObjectName(QStringLiteral("message"));
    m_answer->setObjectName(QStringLiteral("answer"));
    auto *page = new QWidget(right);
    m_traceback = new QPlainTextEdit(page);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins({});
    layout->addWidget(m_traceback);
    auto *copy = addTitleRow(page, tr("Traceback"), tr("Copy the whole traceback"));
    connect(copy, &QToolButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_traceback->toPlainText()); });
    m_traceback->setReadOnly(true);
    m_traceback->setAccessibleName(tr("Traceback"));
    m_traceback->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_traceback->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_traceback->setTabChangesFocus(true);
    right->addTab(m_answer, tr("Answer"));
    right->addTab(page, tr("Traceback"));
    right->setDocumentMode(true);
    addWidget(m_message);
    addWidget(right);
    setChildrenCollapsible(false);
    setStretchFactor(0, 1);
    setStretchFactor(1, 1);
    showNone();
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
    m_tabs->setTabEnabled(1, !traceback.isEmpty());
    m_tabs->setCurrentIndex(traceback.isEmpty() ? 0 : 1);
    if (call.state == CallState::Running)
        m_answer->setNothing(tr("There is no answer yet."));
    else if (call.state == CallState::Unknown)
        m_answer->setNothing(tr("The answer was not seen."));
    else
        m_answer->setText(call.answer);
}

void DetailView::showNone()
{
    m_number = 0;
    m_message->setNothing(tr("Select a call to see its message."));
    m_answer->setNothing(tr("Select a call to see its answer."));
    m_traceback->clear();
    m_tabs->setTabEnabled(1, false);
    m_tabs->setCurrentIndex(0);
}

QString DetailView::traceback() const
{
    return m_traceback->toPlainText();
}

} // namespace liaison
