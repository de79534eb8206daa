// SPDX-License-Identifier: MIT
#include "outputcapture.h"

#include "backpressure.h"
#include "jsontext.h"
#include "logging.h"
#include "markers.h"
#include "message.h"
#include "reply.h"

#include <QSocketNotifier>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace liaison {

namespace {

/// More than this is not read for as long as the original does not take it: who writes waits, as ever.
constexpr qsizetype largestBacklog = qsizetype(1) << 20;

/// What a pipe that has room takes without blocking.
constexpr qsizetype pageSize = 4096;

/// How long a full pipe may keep what was written until the end.
constexpr int patience_ms = 200;

/// How often it is seen whether a client that reads slowly has read enough.
constexpr int roomInterval_ms = 20;

/// So much is read before the I/O thread looks for other events.
constexpr qsizetype readAtOnce = qsizetype(64) << 10;

bool hasRoom(int descriptor, int timeout_ms = 0)
{
    struct pollfd request = {descriptor, POLLOUT, 0};
    return ::poll(&request, 1, timeout_ms) > 0;
}

} // namespace

OutputCapture::OutputCapture(std::shared_ptr<Backpressure> backpressure)
    : m_streams{Stream{STDOUT_FILENO, "stdout"}, Stream{STDERR_FILENO, "stderr"}}
    , m_backpressure(std::move(backpressure))
{
    for (auto &stream : m_streams) {
        std::array<int, 2> ends = {-1, -1};
        stream.original = ::fcntl(stream.descriptor, F_DUPFD_CLOEXEC, 3);
        if (stream.original < 0 || ::pipe2(ends.data(), O_CLOEXEC) != 0)
            continue;
        stream.readEnd = ends[0];
        ::fcntl(stream.readEnd, F_SETFL, O_NONBLOCK);
        ::dup2(ends[1], stream.descriptor);
        ::close(ends[1]);
    }
    if (m_streams[0].original >= 0)
        setMarkerDescriptor(m_streams[0].original);
    // The log is written on the thread that empties the pipes: it must not wait for itself.
    if (m_streams[1].original >= 0)
        setLogDescriptor(m_streams[1].original);
}

OutputCapture::~OutputCapture()
{
    std::fflush(stdout);
    drainAll();
    setMarkerDescriptor(STDOUT_FILENO);
    setLogDescriptor(STDERR_FILENO);
    for (auto &stream : m_streams) {
        if (stream.original < 0)
            continue;
        while (!stream.backlog.isEmpty() && hasRoom(stream.original, patience_ms))
            drain(stream, available(stream));
        ::dup2(stream.original, stream.descriptor);
        ::close(stream.original);
        if (stream.readEnd >= 0)
            ::close(stream.readEnd);
    }
}

void OutputCapture::start()
{
    m_roomTimer = new QTimer(this);
    m_roomTimer->setSingleShot(true);
    m_roomTimer->setInterval(roomInterval_ms);
    connect(m_roomTimer, &QTimer::timeout, this, &OutputCapture::onActivated);
    for (auto &stream : m_streams) {
        if (stream.readEnd < 0)
            continue;
        stream.readable = new QSocketNotifier(stream.readEnd, QSocketNotifier::Read, this);
        connect(stream.readable, &QSocketNotifier::activated, this, &OutputCapture::onActivated);
        stream.writable = new QSocketNotifier(stream.original, QSocketNotifier::Write, this);
        stream.writable->setEnabled(false);
        connect(stream.writable, &QSocketNotifier::activated, this, &OutputCapture::onActivated);
    }
}

void OutputCapture::stop()
{
    for (auto &stream : m_streams) {
        delete std::exchange(stream.readable, nullptr);
        delete std::exchange(stream.writable, nullptr);
    }
    delete std::exchange(m_roomTimer, nullptr);
}

void OutputCapture::begin(ClientId client, const QByteArray &evt)
{
    // What came in between is nobody's.
    drainAll();
    const std::scoped_lock lock(m_mutex);
    m_client = client;
    m_evt = evt;
}

void OutputCapture::end()
{
    std::fflush(stdout);
    drainAll();
    const std::scoped_lock lock(m_mutex);
    m_client = everyClient;
    m_evt.clear();
}

/// On the I/O thread: something can be read or written, or there may be room again.
void OutputCapture::onActivated()
{
    bool hasRoom = true;
    {
        const std::scoped_lock lock(m_mutex);
        hasRoom = !m_backpressure || m_client == everyClient ||
                  m_backpressure->waitForRoom(m_client, std::chrono::milliseconds(0));
        m_isBacklogged = false;
        for (auto &stream : m_streams) {
            if (hasRoom && stream.readEnd >= 0)
                drain(stream, readAtOnce);
            else
                passOn(stream);
            m_isBacklogged = m_isBacklogged || !stream.backlog.isEmpty();
        }
    }
    watchStreams(hasRoom);
}

/// What has been written until now, which a pipe limits.
void OutputCapture::drainAll()
{
    bool isBacklogged = false;
    {
        const std::scoped_lock lock(m_mutex);
        for (auto &stream : m_streams) {
            if (stream.readEnd >= 0)
                drain(stream, available(stream));
            isBacklogged = isBacklogged || !stream.backlog.isEmpty();
        }
        isBacklogged = std::exchange(m_isBacklogged, isBacklogged) || isBacklogged;
    }
    if (isBacklogged)
        QMetaObject::invokeMethod(this, &OutputCapture::onActivated, Qt::QueuedConnection);
}

qsizetype OutputCapture::available(const Stream &stream)
{
    int count = 0;
    return ::ioctl(stream.readEnd, FIONREAD, &count) == 0 ? count : 0;
}

void OutputCapture::drain(Stream &stream, qsizetype limit)
{
    std::array<char, 1 << 14> bytes;
    passOn(stream);
    while (limit > 0 && stream.backlog.size() < largestBacklog) {
        const auto count = ::read(stream.readEnd, bytes.data(), std::min(bytes.size(), std::size_t(limit)));
        if (count <= 0)
            return;
        const QByteArrayView read(bytes.data(), count);
        limit -= count;
        stream.backlog.append(read);
        passOn(stream);
        tell(stream, read);
    }
}

void OutputCapture::tell(Stream &stream, QByteArrayView bytes)
{
    // Decoded in any case: a character may begin with one command's bytes.
    const QString text = stream.decoder(bytes);
    if (m_client == everyClient || text.isEmpty())
        return;
    Q_EMIT outputReady(m_client, "{\"tag\": \"" + stream.tag.toByteArray() + "\", \"text\": " +
                                     quotedJson(text) + ", \"evt\": " + idOnly(m_evt) + '}');
}

void OutputCapture::passOn(Stream &stream)
{
    qsizetype written = 0;
    while (written < stream.backlog.size() && hasRoom(stream.original)) {
        const auto size = std::min(stream.backlog.size() - written, pageSize);
        const auto count = ::write(stream.original, stream.backlog.constData() + written, std::size_t(size));
        // A reader that has gone takes nothing any more, and nobody else would.
        written += count > 0 ? count : size;
    }
    stream.backlog.remove(0, written);
}

void OutputCapture::watchStreams(bool hasRoom)
{
    const std::scoped_lock lock(m_mutex);
    for (auto &stream : m_streams) {
        if (!stream.readable)
            continue;
        stream.writable->setEnabled(!stream.backlog.isEmpty());
        stream.readable->setEnabled(hasRoom && stream.backlog.size() < largestBacklog);
    }
    if (!hasRoom && m_roomTimer)
        m_roomTimer->start();
}

} // namespace liaison
