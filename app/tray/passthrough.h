// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QObject>

#include <memory>

class QSocketNotifier;

namespace liaison {

/// Hands on what a child writes to one of its standard streams to that of this process, as it comes, and
/// shows it. While nobody reads there, nothing is read here: the child waits as it would without this
/// process.
class Passthrough final : public QObject {
    Q_OBJECT
public:
    /// @param descriptor where it goes: STDOUT_FILENO or STDERR_FILENO
    explicit Passthrough(int descriptor, QObject *parent = nullptr);
    ~Passthrough() override;

    /// Begins anew.
    /// @return the descriptor that the child has to write to, which closeWriteEnd() closes here; -1 if the
    /// system has none
    int open();
    void closeWriteEnd();

    /// Hands on what has been written so far.
    void drain();

Q_SIGNALS:
    /// Before it is written.
    void passed(const QByteArray &chunk);

private:
    void close();
    bool read();
    bool write();
    void onReadable();
    void onWritable();

    int m_descriptor;
    int m_readEnd = -1;
    int m_writeEnd = -1;
    std::unique_ptr<QSocketNotifier> m_readable;
    std::unique_ptr<QSocketNotifier> m_writable;
    QByteArray m_pending; ///< what was read and not written yet
};

} // namespace liaison
