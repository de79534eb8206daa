// SPDX-License-Identifier: MIT
#include "parentwatch.h"

#include <chrono>

#include <csignal>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace liaison {

namespace {

using namespace std::chrono_literals;

constexpr auto checkInterval = 500ms;

} // namespace

ParentWatch::ParentWatch(pid_t parent)
    : m_parent(parent)
    , m_timer(this)
{
    m_timer.setInterval(checkInterval);
    connect(&m_timer, &QTimer::timeout, this, &ParentWatch::check);
    m_timer.start();
#ifdef __linux__
    ::prctl(PR_SET_PDEATHSIG, deathSignal());
#endif
}

void ParentWatch::check()
{
    if (::getppid() == m_parent)
        return;
    m_timer.stop();
    Q_EMIT parentGone();
}

int ParentWatch::deathSignal()
{
#ifdef __linux__
    // Nobody else's: the first ones are the C library's and, it may be, user code's.
    return SIGRTMAX - 3;
#else
    return 0;
#endif
}

} // namespace liaison
