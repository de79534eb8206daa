// SPDX-License-Identifier: MIT
#pragma once

#include "clientid.h"

#include <QByteArray>
#include <QObject>
#include <QStringDecoder>

#include <array>
#include <memory>
#include <mutex>

class QSocketNotifier;
class QTimer;

namespace liaison {

class Backpressure;

/// Lets what is written to standard output and standard error, by Python, C code or child processes, also
/// reach the client whose command writes it. While it lives, both descriptors are pipes; what comes out of
/// them goes on to where they led before, and markers are written there. Lives on the I/O thread; what is
/// said to be thread-safe is called by the thread that runs the commands.
class OutputCapture final : public QObject {
    Q_OBJECT
public:
    /// @param backpressure a client for which much waits is told no more for the time being, and who writes
    /// waits with it; null: never
    explicit OutputCapture(std::shared_ptr<Backpressure> backpressure = {});
    /// Both descriptors are as before.
    ~OutputCapture() override;

    /// On the I/O thread: what comes is passed on as it comes, until stop().
    void start();
    void stop();

    /// Thread-safe. A command begins; what is written from now on is its output.
    /// @param evt what its reply will carry
    void begin(ClientId client, const QByteArray &evt);

    /// Thread-safe. Before the reply: what was written until now is emitted, whether there is room or not.
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

    void onActivated();
    void drainAll();
    static qsizetype available(const Stream &stream);
    void drain(Stream &stream, qsizetype limit);
    void tell(Stream &stream, QByteArrayView bytes);
    static void passOn(Stream &stream);
    void watchStreams(bool hasRoom);

    std::array<Stream, 2> m_streams;
    std::mutex m_mutex; ///< guards the streams and what follows
    ClientId m_client = everyClient;
    QByteArray m_evt;
    bool m_isBacklogged = false;
    std::shared_ptr<Backpressure> m_backpressure;
    QTimer *m_roomTimer = nullptr; ///< on the I/O thread while that runs
};

} // namespace liaison
