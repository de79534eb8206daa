// SPDX-License-Identifier: MIT
#include "passthrough.h"

#include <QSocketNotifier>

#include <algorithm>
#include <array>
#include <utility>

#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace liaison {

namespace {

/// What is read at a time.
constexpr qsizetype chunkSize = qsizetype(64) << 10;

/// For so long what the child has left behind may be written at the end.
constexpr int drainPatience_ms = 200;

bool isWritable(int descriptor, int patience_ms)
{
    struct pollfd request = {descriptor, POLLOUT, 0};
    return ::poll(&request, 1, patience_ms) > 0;
}

} // namespace

Passthrough::Passthrough(int descriptor, QObject *parent)
    : QObject(parent)
    , m_descriptor(descriptor)
{
}

Passthrough::~Passthrough()
{
    close();
}

int Passthrough::open()
{
    close();
    std::array<int, 2> ends = {-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return -1;
    m_readEnd = ends[0];
    m_writeEnd = ends[1];
    ::fcntl(m_readEnd, F_SETFL, O_NONBLOCK);
    m_readable = std::make_unique<QSocketNotifier>(m_readEnd, QSocketNotifier::Read);
    connect(m_readable.get(), &QSocketNotifier::activated, this, &Passthrough::onReadable);
    return m_writeEnd;
}

void Passthrough::closeWriteEnd()
{
    if (m_writeEnd >= 0)
        ::close(std::exchange(m_writeEnd, -1));
}

void Passthrough::close()
{
    closeWriteEnd();
    m_readable.reset();
    m_writable.reset();
    m_pending.clear();
    if (m_readEnd >= 0)
        ::close(std::exchange(m_readEnd, -1));
}

/// Answers whether there was something.
bool Passthrough::read()
{
    QByteArray chunk(chunkSize, Qt::Uninitialized);
    const auto count = ::read(m_readEnd, chunk.data(), std::size_t(chunk.size()));
    if (count <= 0) {
        // At its end it would be readable for ever.
        if (count == 0)
            m_readable->setEnabled(false);
        return false;
    }
    chunk.truncate(count);
    m_pending = chunk;
    Q_EMIT passed(chunk);
    return true;
}

/// Writes what can be written without waiting: a pipe that is writable takes so many bytes.
/// @return whether nothing is left
bool Passthrough::write()
{
    while (!m_pending.isEmpty() && isWritable(m_descriptor, 0)) {
        const auto count = ::write(m_descriptor, m_pending.constData(),
                                   std::size_t(std::min<qsizetype>(m_pending.size(), PIPE_BUF)));
        if (count < 0 && errno != EINTR && errno != EAGAIN) {
            // A reader that has gone is no reason for the child to wait.
            m_pending.clear();
            return true;
        }
        m_pending.remove(0, std::max<qsizetype>(0, count));
    }
    return m_pending.isEmpty();
}

void Passthrough::onReadable()
{
    if (!read() || write())
        return;
    m_readable->setEnabled(false);
    m_writable = std::make_unique<QSocketNotifier>(m_descriptor, QSocketNotifier::Write);
    connect(m_writable.get(), &QSocketNotifier::activated, this, &Passthrough::onWritable);
}

void Passthrough::onWritable()
{
    if (!write())
        return;
    m_writable.release()->deleteLater();
    m_readable->setEnabled(true);
}

void Passthrough::drain()
{
    if (m_readEnd < 0)
        return;
    const auto flush = [this] {
        while (!write()) {
            if (!isWritable(m_descriptor, drainPatience_ms))
                return false;
        }
        return true;
    };
    while (flush() && read()) {
    }
}

} // namespace liaison
