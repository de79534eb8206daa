// SPDX-License-Identifier: MIT
#include "fork.h"

#include <array>
#include <atomic>
#include <mutex>

#include <pthread.h>
#include <unistd.h>

namespace liaison {

namespace {

std::atomic<int> generation = 0;

/// Each a descriptor and one; 0 is a free place.
std::array<std::atomic<int>, 1024> closedInChildren = {};

/// In the child, between fork() and its return: only what a signal handler may do.
void onForked()
{
    ++generation;
    for (auto &descriptor : closedInChildren) {
        if (const int open = descriptor.exchange(0))
            ::close(open - 1);
    }
}

void replace(int from, int to)
{
    for (auto &descriptor : closedInChildren) {
        int expected = from;
        if (descriptor.compare_exchange_strong(expected, to))
            return;
    }
}

} // namespace

int forkGeneration()
{
    static std::once_flag once;
    std::call_once(once, [] { pthread_atfork(nullptr, nullptr, onForked); });
    return generation;
}

void closeInChildren(int descriptor)
{
    forkGeneration();
    replace(0, descriptor + 1);
}

void keepInChildren(int descriptor)
{
    replace(descriptor + 1, 0);
}

} // namespace liaison
