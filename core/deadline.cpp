// SPDX-License-Identifier: MIT
#include "deadline.h"

#include "markers.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include <unistd.h>

namespace liaison {

namespace {

/// A frontend is promised the end within two seconds.
constexpr std::chrono::milliseconds patience{1500};

struct Alarm {
    std::mutex mutex;
    std::condition_variable changed;
    bool disarmed = false;
    int exitCode = 0;
};

std::mutex mutex;
std::shared_ptr<Alarm> current;

void watchAlarm(const std::shared_ptr<Alarm> &alarm)
{
    std::unique_lock lock(alarm->mutex);
    if (alarm->changed.wait_for(lock, patience, [&] { return alarm->disarmed; }))
        return;
    writeStopMarkers();
    _exit(alarm->exitCode);
}

} // namespace

void armDeadline(int exitCode)
{
    const std::scoped_lock lock(mutex);
    if (current)
        return;
    current = std::make_shared<Alarm>();
    current->exitCode = exitCode;
    std::thread(watchAlarm, current).detach();
}

void disarmDeadline()
{
    const std::scoped_lock lock(mutex);
    if (!current)
        return;
    {
        const std::scoped_lock alarmLock(current->mutex);
        current->disarmed = true;
    }
    current->changed.notify_all();
    current.reset();
}

} // namespace liaison
