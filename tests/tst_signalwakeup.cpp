// SPDX-License-Identifier: MIT
#include "signalwakeup.h"

#include "pythontest.h"

#include <csignal>
#include <memory>

#include <fcntl.h>
#include <unistd.h>

namespace py = pybind11;

using namespace liaison;

/// Python's signal handlers run while Qt waits.
class TestSignalWakeup : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void handlersRunWhileQtWaits();
    void handlersMayRaise();
    void othersKeepTheirDescriptor();
    void itIsTakenBack();

private:
    static int setWakeupFd(int descriptor);
    static int wakeupFd();
};

int TestSignalWakeup::setWakeupFd(int descriptor)
{
    return py::module_::import("_signal").attr("set_wakeup_fd")(descriptor).cast<int>();
}

int TestSignalWakeup::wakeupFd()
{
    const int current = setWakeupFd(-1);
    setWakeupFd(current);
    return current;
}

void TestSignalWakeup::handlersRunWhileQtWaits()
{
    const SignalWakeup wakeup;
    const auto scope =
        executed(QStringLiteral("import signal\nseen = []\n"
                                "signal.signal(signal.SIGUSR1, lambda *a: seen.append(a[0]))\n"));
    const auto seen = scope["seen"].cast<py::list>();
    std::size_t count = 0;
    {
        const py::gil_scoped_release idle;
        ::raise(SIGUSR1);
        QVERIFY(QTest::qWaitFor(
            [&] {
                const py::gil_scoped_acquire gil;
                count = seen.size();
                return count == 1;
            },
            10'000));
    }
    QCOMPARE(count, std::size_t(1));
}

void TestSignalWakeup::handlersMayRaise()
{
    const SignalWakeup wakeup;
    const auto scope = executed(QStringLiteral(
        "import signal, sys\nseen = []\nsys.unraisablehook = lambda u: seen.append(type(u.exc_value))\n"
        "def handler(*a): raise ValueError\nsignal.signal(signal.SIGUSR2, handler)\n"));
    const auto seen = scope["seen"].cast<py::list>();
    {
        const py::gil_scoped_release idle;
        ::raise(SIGUSR2);
        QVERIFY(QTest::qWaitFor(
            [&] {
                const py::gil_scoped_acquire gil;
                return seen.size() == 1;
            },
            10'000));
    }
    executed(QStringLiteral("import sys\nsys.unraisablehook = sys.__unraisablehook__\n"));
    QVERIFY(!PyErr_Occurred());
}

void TestSignalWakeup::othersKeepTheirDescriptor()
{
    SignalWakeup wakeup;
    const int ours = wakeupFd();
    QVERIFY(ours >= 0);
    int ends[2] = {};
    QCOMPARE(::pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
    setWakeupFd(ends[1]);
    wakeup.keep();
    QCOMPARE(wakeupFd(), ends[1]);
    setWakeupFd(ours);
    ::close(ends[0]);
    ::close(ends[1]);
}

void TestSignalWakeup::itIsTakenBack()
{
    auto wakeup = std::make_unique<SignalWakeup>();
    const int ours = wakeupFd();
    setWakeupFd(-1);
    wakeup->keep();
    QCOMPARE(wakeupFd(), ours);
    wakeup.reset();
    QCOMPARE(wakeupFd(), -1);
}

LIAISON_PYTHON_TEST_MAIN(TestSignalWakeup)
#include "tst_signalwakeup.moc"
