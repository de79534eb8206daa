// SPDX-License-Identifier: MIT
#include "outputview.h"

#include "palettecolors.h"

#include <QFontDatabase>
#include <QScrollBar>
#include <QTextCharFormat>

namespace liaison {

namespace {

constexpr int showInterval_ms = 100;

/// So many characters may wait to be shown, and stand in one line.
constexpr qsizetype mostPending = qsizetype(256) << 10;
constexpr int longestLine = 10'000;

} // namespace

OutputView::OutputView(QWidget *parent)
    : QPlainTextEdit(parent)
    , m_decoders{QStringDecoder(QStringDecoder::Utf8), QStringDecoder(QStringDecoder::Utf8)}
    , m_timer(this)
{
    setReadOnly(true);
    setMaximumBlockCount(mostLines);
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    setPlaceholderText(tr("What Python prints appears here."));
    setTabChangesFocus(true);
    setUndoRedoEnabled(false);
    m_timer.setInterval(showInterval_ms);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &OutputView::showPending);
}

void OutputView::add(bool isError, const QByteArray &text)
{
    QString decoded = m_decoders[isError ? 1 : 0].decode(text);
    m_pendingSize += decoded.size();
    if (!m_pending.isEmpty() && m_pending.last().first == isError)
        m_pending.last().second += decoded;
    else
        m_pending.append({isError, decoded});
    // Of a flood, the last lines are those that stay.
    while (m_pendingSize > mostPending) {
        auto &oldest = m_pending.first().second;
        const auto excess = std::min(oldest.size(), m_pendingSize - mostPending);
        oldest.remove(0, excess);
        m_pendingSize -= excess;
        if (oldest.isEmpty())
            m_pending.removeFirst();
    }
    if (!m_timer.isActive())
        m_timer.start();
}

void OutputView::showPending()
{
    auto *bar = verticalScrollBar();
    const bool wasAtEnd = bar->value() == bar->maximum();
    QTextCursor cursor(document());
    for (const auto &[isError, text] : std::exchange(m_pending, {})) {
        QTextCharFormat format;
        if (isError)
            format.setForeground(errorColor());
        cursor.movePosition(QTextCursor::End);
        if (cursor.positionInBlock() > longestLine)
            cursor.insertText(QStringLiteral("\n"));
        cursor.insertText(text, format);
    }
    m_pendingSize = 0;
    if (wasAtEnd)
        bar->setValue(bar->maximum());
}

} // namespace liaison
