// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>
#include <QTimer>

#include <sys/types.h>

namespace liaison {

/// Notices that the process which launched this one has ended, however it did: the parent's process id is
/// another then. Where the system can send a signal at that moment (Linux), ending takes no time. Lives on
/// the I/O thread.
class ParentWatch final : public QObject {
    Q_OBJECT
public:
    /// @param parent the process id that the parent had at the start
    explicit ParentWatch(pid_t parent);

    /// Looks whether the parent is there. The system's signal comes for the end of one of its threads, too.
    void check();

    /// What the system sends; 0 where it sends none.
    static int deathSignal();

Q_SIGNALS:
    void parentGone();

private:
    pid_t m_parent;
    QTimer m_timer;
};

} // namespace liaison
