// SPDX-License-Identifier: MIT
#include "arguments.h"

#include <array>
#include <utility>

namespace liaison {

namespace {

constexpr qsizetype longestRemembered = 2048;

/// More than a batch of commands.
constexpr std::size_t ringSize = 256;

} // namespace

QExplicitlySharedDataPointer<Arguments> newArguments(qsizetype messageSize)
{
    if (messageSize > longestRemembered)
        return QExplicitlySharedDataPointer<Arguments>(new Arguments);
    thread_local std::array<QExplicitlySharedDataPointer<Arguments>, ringSize> ring;
    thread_local std::size_t next = 0;
    auto &place = ring[next];
    next = (next + 1) % ringSize;
    if (!place || place->ref.loadAcquire() != 1) {
        place = new Arguments;
        return place;
    }
    place->reset();
    return place;
}

void Arguments::reset()
{
    args.reset();
    kwargs.reset();
    argsText = QByteArray();
    kwargsText = QByteArray();
    argsCount = 0;
    firstKeyword = QString();
}

} // namespace liaison
