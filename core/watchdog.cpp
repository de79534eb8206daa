// SPDX-License-Identifier: MIT
#include "watchdog.h"

#include <algorithm>
#include <limits>

namespace liaison {

namespace {

/// A system call that is about to block may miss an interrupt; so often it is asked again.
constexpr int askInterval_ms = 20;

} // namespace

Watchdog::Watchdog(Stop stop)
    : m_stop(std::move(stop))
    , m_askTimer(this)
{
    m_askTimer.setInterval(askInterval_ms);
    connect(&m_askTimer, &QTimer::timeout, this, &Watchdog::onAskTime);
}

void Watchdog::startTimer(quint64 serial, double timeout_s)
{
    constexpr double ms = 1000;
    auto *timer = new QTimer(this);
    timer->setSingleShot(true);
    timer->setTimerType(Qt::PreciseTimer);
    connect(timer, &QTimer::timeout, this, [this, serial] {
        forget(serial);
        stop(serial, StopReason::Timeout);
    });
    m_timers.insert(serial, timer);
    timer->start(int(std::min(timeout_s * ms, double(std::numeric_limits<int>::max()))));
}

void Watchdog::stop(quint64 serial, StopReason reason)
{
    if (!m_stop(serial, reason))
        return;
    m_stopping.append({serial, reason});
    m_askTimer.start();
}

void Watchdog::forget(quint64 serial)
{
    if (auto *timer = m_timers.take(serial))
        timer->deleteLater();
}

void Watchdog::onAskTime()
{
    m_stopping.removeIf([this](const auto &stopping) { return !m_stop(stopping.first, stopping.second); });
    if (m_stopping.isEmpty())
        m_askTimer.stop();
}

} // namespace liaison
