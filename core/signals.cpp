// SPDX-License-Identifier: MIT
#include "signals.h"

#include "fork.h"
#include "parentwatch.h"

#include <QSocketNotifier>

#include <atomic>

#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>

namespace liaison {

namespace {

std::array<int, 3> watched()
{
    return {SIGINT, SIGTERM, ParentWatch::deathSignal()};
}

std::atomic<int> writeEnd = -1;
std::atomic<int> owner = 0;

extern "C" void handleSignal(int number)
{
    SignalWatcher::notify(number);
}

struct sigaction handlerAction()
{
    struct sigaction action = {};
    action.sa_handler = handleSignal;
    sigemptyset(&action.sa_mask);
    return action;
}

} // namespace

SignalWatcher::SignalWatcher()
{
    if (writeEnd >= 0 ||
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, m_sockets.data()) != 0)
        return;
    m_notifier = new QSocketNotifier(m_sockets[0], QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, &SignalWatcher::onReadable);
    owner = forkGeneration();
    writeEnd = m_sockets[1];
    const auto action = handlerAction();
    for (std::size_t i = 0; i < m_previous.size(); ++i)
        sigaction(watched()[i], &action, &m_previous[i]);
    m_installed = true;
}

SignalWatcher::~SignalWatcher()
{
    if (!m_installed)
        return;
    for (std::size_t i = 0; i < m_previous.size(); ++i)
        sigaction(watched()[i], &m_previous[i], nullptr);
    writeEnd = -1;
    delete m_notifier;
    ::close(m_sockets[0]);
    ::close(m_sockets[1]);
}

void SignalWatcher::notify(int number)
{
    if (forkGeneration() != owner) {
        std::signal(number, SIG_DFL);
        std::raise(number);
        return;
    }
    const int before = errno;
    const auto byte = static_cast<unsigned char>(number);
    // Full means that enough signals wait to be seen.
    [[maybe_unused]] const auto written = ::write(writeEnd, &byte, 1);
    errno = before;
}

bool SignalWatcher::hasHandler(int number)
{
    struct sigaction action = {};
    return sigaction(number, nullptr, &action) == 0 && action.sa_handler == handleSignal;
}

void SignalWatcher::takeHandler(int number)
{
    const auto action = handlerAction();
    if (writeEnd >= 0)
        sigaction(number, &action, nullptr);
}

void SignalWatcher::onReadable()
{
    unsigned char number = 0;
    while (::read(m_sockets[0], &number, 1) == 1)
        Q_EMIT received(number);
}

} // namespace liaison
