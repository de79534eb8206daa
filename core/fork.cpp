// SPDX-License-Identifier: MIT
#include "fork.h"

#include <atomic>
#include <mutex>

#include <pthread.h>

namespace liaison {

namespace {

std::atomic<int> generation = 0;

} // namespace

int forkGeneration()
{
    static std::once_flag once;
    std::call_once(once, [] { pthread_atfork(nullptr, nullptr, [] { ++generation; }); });
    return generation;
}

} // namespace liaison
