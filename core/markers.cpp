// SPDX-License-Identifier: MIT
#include "markers.h"

#include "fork.h"

#include <QList>

#include <atomic>
#include <chrono>
#include <mutex>

#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace liaison {

namespace {

using namespace std::chrono_literals;

/// How long a full pipe may keep a stop marker.
constexpr auto patience = 200ms;

struct DueMarker {
    QByteArray address;
    QByteArray end;
    int process = 0; ///< forkGeneration() of who owes it
};

std::atomic<int> output = STDOUT_FILENO;

std::timed_mutex mutex;
QList<DueMarker> due;

/// Answers 0, or the error that kept it from being written.
int writeAtOnce(const QByteArray &text, int patience_ms)
{
    // What a pipe says it has room for is more than a marker is long; only a file or a signal may cut it in
    // two.
    for (qsizetype written = 0; written < text.size();) {
        struct pollfd request = {output, POLLOUT, 0};
        const int ready = ::poll(&request, 1, patience_ms);
        if (ready == 0)
            return 0;
        const auto count =
            ready < 0 ? -1 : ::write(output, text.constData() + written, std::size_t(text.size() - written));
        // A reader that has gone, or never was, is no reason to fail.
        if (count < 0 && errno != EINTR)
            return errno == EPIPE || errno == EBADF ? 0 : errno;
        written += count > 0 ? count : 0;
    }
    return 0;
}

template <typename Predicate> void writeDue(Predicate isMeant)
{
    const std::unique_lock lock(mutex, patience);
    if (!lock)
        return;
    for (const auto &marker : std::as_const(due)) {
        if (isMeant(marker) && marker.process == forkGeneration())
            writeAtOnce(QByteArray(stopMarker) + '@' + marker.address + marker.end, int(patience.count()));
    }
    due.removeIf(isMeant);
}

} // namespace

void setMarkerDescriptor(int descriptor)
{
    output = descriptor;
}

int writeStartMarker(const QByteArray &address, const QByteArray &end)
{
    const std::scoped_lock lock(mutex);
    if (const int error = writeAtOnce(QByteArray(startMarker) + '@' + address + end, -1))
        return error;
    due.append({address, end, forkGeneration()});
    return 0;
}

void writeStopMarker(const QByteArray &address)
{
    writeDue([&](const DueMarker &marker) { return marker.address == address; });
}

void writeStopMarkers()
{
    writeDue([](const DueMarker &) { return true; });
}

} // namespace liaison
