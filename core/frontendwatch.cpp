// SPDX-License-Identifier: MIT
#include "frontendwatch.h"

#include <chrono>

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace liaison {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 10s;
constexpr auto checkInterval = 500ms;

/// Node gives its children one end of a socketpair where others give a pipe.
bool isPipe(int descriptor)
{
    struct stat status = {};
    return ::fstat(descriptor, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

bool isHungUp(int descriptor)
{
#ifdef POLLRDHUP
    constexpr short wanted = POLLRDHUP;
#else
    constexpr short wanted = 0;
#endif
    struct pollfd request = {descriptor, wanted, 0};
    return ::poll(&request, 1, 0) > 0 && (request.revents & (POLLHUP | POLLERR | wanted));
}

} // namespace

FrontendWatch::FrontendWatch(QObject *parent)
    : QObject(parent)
    , m_isPipe(isPipe(STDIN_FILENO))
    , m_timer(this)
{
    m_timer.setInterval(checkInterval);
    connect(&m_timer, &QTimer::timeout, this, &FrontendWatch::check);
    if (m_isPipe)
        m_timer.start();
}

void FrontendWatch::setClientCount(qsizetype count)
{
    if (count > 0) {
        m_timer.stop();
        m_orphaned.invalidate();
    } else if (m_isPipe && !m_timer.isActive()) {
        m_timer.start();
    }
}

void FrontendWatch::check()
{
    if (!isHungUp(STDIN_FILENO)) {
        m_orphaned.invalidate();
        return;
    }
    if (!m_orphaned.isValid())
        m_orphaned.start();
    if (!m_orphaned.hasExpired(std::chrono::milliseconds(patience).count()))
        return;
    m_timer.stop();
    Q_EMIT frontendGone();
}

} // namespace liaison
