// SPDX-License-Identifier: MIT
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace liaison {

/// Notices that the frontend which launched this process is gone: stdin was a pipe, its other end has closed,
/// and for ten seconds no client has been connected. Reads nothing from stdin, which belongs to Python code.
/// Lives on the I/O thread.
class FrontendWatch final : public QObject {
    Q_OBJECT
public:
    explicit FrontendWatch(QObject *parent = nullptr);

    /// So many clients are connected from now on, those who merely watch left out.
    void setClientCount(qsizetype count);

Q_SIGNALS:
    void frontendGone();

private:
    void check();

    bool m_isPipe = false;
    QTimer m_timer;
    QElapsedTimer m_orphaned; ///< valid while stdin is closed and nobody is connected
};

} // namespace liaison
