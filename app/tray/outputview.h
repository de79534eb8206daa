// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QList>
#include <QPlainTextEdit>
#include <QStringDecoder>
#include <QTimer>

#include <array>
#include <utility>

namespace liaison {

/// What Python prints, as it comes; the latest lines stay. A flood is shown a few times a second.
class OutputView final : public QPlainTextEdit {
    Q_OBJECT
public:
    static constexpr int mostLines = 5000;

    explicit OutputView(QWidget *parent = nullptr);

    /// @param text UTF-8, cut anywhere
    void add(bool isError, const QByteArray &text);

private:
    void showPending();

    std::array<QStringDecoder, 2> m_decoders; ///< of standard output and standard error
    QList<std::pair<bool, QString>> m_pending;
    qsizetype m_pendingSize = 0;
    QTimer m_timer;
};

} // namespace liaison
