// SPDX-License-Identifier: MIT
#pragma once

#include "clientid.h"

#include <QByteArray>
#include <QObject>
#include <QStringDecoder>

#include <array>
#include <mutex>

class QSocketNotifier;

namespace liaison {

/// Lets what is written to standard output and standard error, by Python, C code or child processes, also
/// reach the client whose command writes it. While it lives, both descriptors are pipes; what comes out of
/// them goes on to where they led before, and markers are written there. Lives on the I/O thread; what is
/// said to be thread-safe is called by the thread that runs the commands.
class OutputCapture final : public QObject {
    Q_OBJECT
public:
    OutputCapture();
    /// Both descriptors are as before.
    ~OutputCapture() override;

    /// On the I/O thread: what comes is passed on as it comes, until stop().
    void start();
    void stop();

    /// Thread-safe. A command begins; what is written from now on is its output.
    /// @param evt what its reply will carry
    void begin(ClientId client, const QByteArray &evt);

    /// Thread-safe. Before the reply: what was written until now is emitted.
    void end();

Q_SIGNALS:
    /// A message for the client: {"tag": "stdout" or "stderr", "text", "evt"}. Emitted on the thread that
    /// found the output.
    void outputReady(liaison::ClientId client, const QByteArray &text);

private:
    struct Stream {
        Stream(int number, QByteArrayView name)
            : descriptor(number)
            , tag(name)
        {
        }

        int descriptor;
        QByteArrayView tag;
        int original = -1;
        int readEnd = -1;
        QByteArray backlog; ///< what the original does not take just now
        QStringDecoder decoder{QStringDecoder::Utf8};
        QSocketNotifier *readable = nullptr;
        QSocketNotifier *writable = nullptr;
    };

    void drainAll();
    void drain(Stream &stream);
    void tell(Stream &stream, QByteArrayView bytes);
    static void passOn(Stream &stream);
    void watchBacklogs();

    std::array<Stream, 2> m_streams;
    std::mutex m_mutex; ///< guards the streams and what follows
    ClientId m_client = everyClient;
    QByteArray m_evt;
    bool m_isBacklogged = false;
};

} // namespace liaison
