// SPDX-License-Identifier: MIT
// What ThreadSanitizer cannot see of libraries that were built without it, told to it. Stands in front of
// them in each program of the preset tsan; the module needs it preloaded.
//
// Qt hands events from thread to thread under locks that are compiled into it. Without knowing of them, every
// signal that crosses threads and every slot that it calls would be reported. So here what a thread did
// before it sent something happened before every posted event that is delivered later, to whichever thread:
// coarser than it is, so a race may hide behind an event that had nothing to do with it, but none is lost
// that has no such event between.
#include <QEvent>
#include <QMetaObject>
#include <QObject>
#include <QThread>

#include <cerrno>
#include <ctime>

#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>

extern "C" {
void __tsan_acquire(void *address);
void __tsan_release(void *address);
}

namespace {

char sent;
char handled;

template <typename Function> Function *next(const char *name)
{
    return reinterpret_cast<Function *>(dlsym(RTLD_NEXT, name));
}

/// Sockets and timers carry nothing from one thread to another.
bool isPosted(QEvent::Type type)
{
    return type != QEvent::SockAct && type != QEvent::SockClose && type != QEvent::Timer;
}

/// @param call the receiver, the event and the place for a result
bool onEvent(void **call)
{
    if (isPosted(static_cast<QEvent *>(call[1])->type()))
        __tsan_acquire(&sent);
    __tsan_release(&handled);
    return false;
}

[[maybe_unused]] const bool isWatching =
    QInternal::registerCallback(QInternal::EventNotifyCallback, &onEvent);

} // namespace

void QMetaObject::activate(QObject *sender, const QMetaObject *metaObject, int index, void **arguments)
{
    static const auto real = next<void(QObject *, const QMetaObject *, int, void **)>(
        "_ZN11QMetaObject8activateEP7QObjectPKS_iPPv");
    __tsan_release(&sent);
    real(sender, metaObject, index, arguments);
}

bool QMetaObject::invokeMethodImpl(QObject *object, QtPrivate::QSlotObjectBase *slot, Qt::ConnectionType type,
                                   void *result)
{
    static const auto real = next<bool(QObject *, QtPrivate::QSlotObjectBase *, Qt::ConnectionType, void *)>(
        "_ZN11QMetaObject16invokeMethodImplEP7QObjectPN9QtPrivate15QSlotObjectBaseEN2Qt14ConnectionTypeEPv");
    __tsan_release(&sent);
    return real(object, slot, type, result);
}

void QObject::deleteLater()
{
    static const auto real = next<void(QObject *)>("_ZN7QObject11deleteLaterEv");
    __tsan_release(&sent);
    real(this);
}

void QObject::moveToThread(QThread *thread)
{
    static const auto real = next<void(QObject *, QThread *)>("_ZN7QObject12moveToThreadEP7QThread");
    __tsan_release(&sent);
    real(this, thread);
}

bool QThread::wait(QDeadlineTimer deadline)
{
    static const auto real = next<bool(QThread *, QDeadlineTimer)>("_ZN7QThread4waitE14QDeadlineTimer");
    const bool hasEnded = real(this, deadline);
    __tsan_acquire(&handled);
    return hasEnded;
}

namespace {

constexpr long second_ns = 1'000'000'000;

/// How long it is until a time of a clock; never less than nothing.
timespec remainingTime(clockid_t clock, const timespec &time)
{
    timespec now = {};
    clock_gettime(clock, &now);
    timespec remaining = {time.tv_sec - now.tv_sec, time.tv_nsec - now.tv_nsec};
    if (remaining.tv_nsec < 0)
        remaining = {remaining.tv_sec - 1, remaining.tv_nsec + second_ns};
    return remaining.tv_sec < 0 ? timespec() : remaining;
}

/// The time of the clock that is set by hand, when it is some time of another.
timespec realTime(clockid_t clock, const timespec &time)
{
    const auto remaining = remainingTime(clock, time);
    timespec now = {};
    clock_gettime(CLOCK_REALTIME, &now);
    const long nanoseconds = now.tv_nsec + remaining.tv_nsec;
    return {now.tv_sec + remaining.tv_sec + nanoseconds / second_ns, nanoseconds % second_ns};
}

} // namespace

// ThreadSanitizer keeps a signal back until the thread enters a call that it knows to block. It does not know
// the first two, in which Python sleeps and waits for locks: an interrupt would come when they are over. Nor
// does it know that the third locks a mutex: std::timed_mutex would be unlocked without having been locked.

extern "C" int clock_nanosleep(clockid_t clock, int flags, const timespec *time, timespec *remaining)
{
    const bool isAbsolute = flags & TIMER_ABSTIME;
    const auto duration = isAbsolute ? remainingTime(clock, *time) : *time;
    return nanosleep(&duration, isAbsolute ? nullptr : remaining) == 0 ? 0 : errno;
}

extern "C" int sem_clockwait(sem_t *semaphore, clockid_t clock, const timespec *deadline)
{
    const auto time = realTime(clock, *deadline);
    return sem_timedwait(semaphore, &time);
}

extern "C" int pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock, const timespec *deadline)
{
    const auto time = realTime(clock, *deadline);
    return pthread_mutex_timedlock(mutex, &time);
}
