// SPDX-License-Identifier: MIT
#include "pythonsignal.h"

#include "pythontest.h"

#include <csignal>
#include <thread>

namespace py = pybind11;

using namespace liaison;

/// Python's handlers of a signal are ours for a while and then those from before.
class TestPythonSignal : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void isCalledAndGoes_data();
    void isCalledAndGoes();
    void mayRaise();
    void knowsTheMainThread();
};

void TestPythonSignal::isCalledAndGoes_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("a signal that Python handles") << SIGINT;
    QTest::newRow("a signal that is ignored by default") << SIGURG;
    QTest::newRow("a signal of the user's") << SIGUSR1;
}

void TestPythonSignal::isCalledAndGoes()
{
    QFETCH(int, number);
    const auto getsignal = py::module_::import("signal").attr("getsignal");
    const auto before = getsignal(number);
    int calls = 0;
    {
        const PythonSignalHandler handler(number, [&] { ++calls; });
        QVERIFY(!getsignal(number).equal(before));
        std::raise(number);
        py::exec("pass");
        QCOMPARE(calls, 1);
    }
    QVERIFY(getsignal(number).equal(before));
}

void TestPythonSignal::mayRaise()
{
    const PythonSignalHandler handler(SIGUSR1, [] {
        PyErr_SetString(PyExc_TimeoutError, "over");
        throw py::error_already_set();
    });
    QCOMPARE(raised([] {
                 std::raise(SIGUSR1);
                 py::exec("for i in range(10000): pass");
             }),
             QStringLiteral("TimeoutError: over"));
}

void TestPythonSignal::knowsTheMainThread()
{
    QVERIFY(isPythonMainThread());
    bool isMain = true;
    const py::gil_scoped_release idle;
    std::thread thread([&] {
        const py::gil_scoped_acquire gil;
        isMain = isPythonMainThread();
    });
    thread.join();
    QVERIFY(!isMain);
}

LIAISON_PYTHON_TEST_MAIN(TestPythonSignal)
#include "tst_pythonsignal.moc"
