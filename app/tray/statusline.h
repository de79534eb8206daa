// SPDX-License-Identifier: MIT
#pragma once

#include <QElapsedTimer>
#include <QJsonObject>
#include <QStatusBar>

class QLabel;

namespace liaison {

/// The line below the window: where the server is, which Python it has, how many clients it serves, how many
/// commands wait, how many it answers in a second, how much memory it takes.
class StatusLine final : public QStatusBar {
    Q_OBJECT
public:
    explicit StatusLine(QWidget *parent = nullptr);

    void showState(const QString &text);

    /// What the command info answers.
    void showInfo(const QJsonObject &info);
    void showNoInfo();

    /// So many calls have ended since it was last told.
    void countEnded(qsizetype count) { m_ended += count; }

private:
    QLabel *addField(const QString &accessibleName);

    QLabel *m_state;
    QLabel *m_python;
    QLabel *m_clients;
    QLabel *m_queue;
    QLabel *m_rate;
    QLabel *m_memory;
    QElapsedTimer m_sinceInfo;
    qsizetype m_ended = 0;
};

} // namespace liaison
