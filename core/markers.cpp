// SPDX-License-Identifier: MIT
#include "markers.h"

#include "fork.h"

#include <mutex>
#include <utility>

#include <cerrno>
#include <unistd.h>

namespace liaison {

namespace {

std::mutex mutex;
QByteArray dueMarker;
int dueIn = 0;

void writeAtOnce(const QByteArray &text)
{
    // A reader that has gone is no reason to fail. Only a signal may cut a short write to a pipe in two.
    for (qsizetype written = 0; written < text.size();) {
        const auto count =
            ::write(STDOUT_FILENO, text.constData() + written, std::size_t(text.size() - written));
        if (count < 0 && errno != EINTR)
            return;
        written += count > 0 ? count : 0;
    }
}

} // namespace

void writeStartMarker(const QByteArray &address, const QByteArray &end)
{
    const std::scoped_lock lock(mutex);
    dueMarker = QByteArray(stopMarker) + '@' + address + end;
    dueIn = forkGeneration();
    writeAtOnce(QByteArray(startMarker) + '@' + address + end);
}

void writeStopMarker()
{
    const std::scoped_lock lock(mutex);
    const auto marker = std::exchange(dueMarker, {});
    if (!marker.isEmpty() && dueIn == forkGeneration())
        writeAtOnce(marker);
}

} // namespace liaison
