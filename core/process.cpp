// SPDX-License-Identifier: MIT
#include "process.h"

#include <QByteArrayList>
#include <QFile>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <unistd.h>

namespace liaison {

namespace {

void maskInterrupts(int how)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(how, &signals, nullptr);
}

} // namespace

void prepareProcess()
{
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
        // open() gives the lowest free number, which is this one.
        if (::fcntl(descriptor, F_GETFD) < 0 && errno == EBADF) [[maybe_unused]]
            const int opened = ::open("/dev/null", O_RDWR);
    }
    maskInterrupts(SIG_BLOCK);
}

void releaseFreeMemory()
{
#ifdef __GLIBC__
    ::malloc_trim(0);
#endif
}

qint64 residentMemory()
{
    // In pages: all of them, then those that are resident (proc(5)).
    QFile statm(QStringLiteral("/proc/self/statm"));
    return statm.open(QIODevice::ReadOnly)
               ? statm.readAll().split(' ').value(1).toLongLong() * ::sysconf(_SC_PAGESIZE)
               : 0;
}

void acceptInterrupts()
{
    maskInterrupts(SIG_UNBLOCK);
}

} // namespace liaison
