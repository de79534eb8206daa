// SPDX-License-Identifier: MIT
#include "awaiting.h"

#include "pythontest.h"

namespace py = pybind11;

using namespace liaison;

/// Results that arrive later are known as such, and each arrives once.
class TestAwaiting : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void arrivesLater_data();
    void arrivesLater();
    void watches_data();
    void watches();
    void refusesAFutureOfALoopThatDoesNotRun();
};

void TestAwaiting::arrivesLater_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<bool>("isLater");
    const auto row = [](const char *name, const char *code, bool isLater) {
        QTest::newRow(name) << QString::fromUtf8(code) << isLater;
    };
    row("None", "None", false);
    row("a number", "5", false);
    row("a text", "'x'", false);
    row("a list", "[]", false);
    row("a class", "import concurrent.futures\nconcurrent.futures.Future", false);
    row("an object", "object()", false);
    row("a generator", "(x for x in [])", false);
    row("an object with a result alone", "type('R', (), {'result': 5})()", false);
    row("an object that answers to any name", "class A:\n    def __getattr__(self, name): return name\nA()",
        false);
    row("a coroutine function", "async def f(): pass\nf", false);
    row("a future", "import concurrent.futures\nconcurrent.futures.Future()", true);
    row("what looks like a future",
        "class F:\n    def add_done_callback(self, f): f(self)\n    def result(self): return 5\nF()", true);
    row("an object with __await__", "class A:\n    def __await__(self): yield\nA()", true);
    row("a generator that is a coroutine", "import types\n@types.coroutine\ndef f(): yield\nf()", true);
}

void TestAwaiting::arrivesLater()
{
    QFETCH(QString, code);
    QFETCH(bool, isLater);
    QCOMPARE(liaison::arrivesLater(evaluated(code)), isLater);
}

void TestAwaiting::watches_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("outcome");
    const auto row = [](const char *name, const char *code, const char *outcome) {
        QTest::newRow(name) << QString::fromUtf8(code) << QString::fromUtf8(outcome);
    };
    row("a coroutine", "async def f(): return 5\nf()", "(5, None)");
    row("a coroutine that raises", "async def f(): raise ValueError('no')\nf()", "(None, ValueError('no'))");
    row("a future that is done",
        "import concurrent.futures\nf = concurrent.futures.Future()\nf.set_result(5)\nf", "(5, None)");
    row("a future that was cancelled",
        "import concurrent.futures\nf = concurrent.futures.Future()\nf.cancel()\nf",
        "(None, CancelledError())");
    row("a future that arrives from a thread",
        "import concurrent.futures, threading\nf = concurrent.futures.Future()\n"
        "threading.Timer(0.01, f.set_result, [5]).start()\nf",
        "(5, None)");
    row("what looks like a future",
        "class F:\n    def add_done_callback(self, f): f(self)\n    def result(self): return 5\nF()",
        "(5, None)");
    row("what looks like a future and raises",
        "class F:\n    def add_done_callback(self, f): f(self)\n    def result(self): raise "
        "ValueError('no')\nF()",
        "(None, ValueError('no'))");
    row("an object with __await__",
        "class A:\n    def __await__(self):\n        yield\n        return 5\nA()", "(5, None)");
    row("a generator that is a coroutine",
        "import types\n@types.coroutine\ndef f():\n    yield\n    return 5\nf()", "(5, None)");
    row("an exit",
        "async def f(): raise SystemExit(3)\nimport concurrent.futures\n"
        "f = concurrent.futures.Future()\nf.set_exception(SystemExit(3))\nf",
        "(None, SystemExit(3))");
}

void TestAwaiting::watches()
{
    QFETCH(QString, code);
    QFETCH(QString, outcome);
    py::list outcomes;
    watch(evaluated(code), py::cpp_function([&](const py::object &value, const py::object &exception) {
              outcomes.append(py::make_tuple(value, exception));
          }));
    {
        const py::gil_scoped_release idle;
        const bool arrived = QTest::qWaitFor([&] {
            const py::gil_scoped_acquire gil;
            return !outcomes.empty();
        });
        QVERIFY(arrived);
    }
    QCOMPARE(py::len(outcomes), std::size_t(1));
    QCOMPARE(pythonRepr(outcomes[0]), outcome);
}

void TestAwaiting::refusesAFutureOfALoopThatDoesNotRun()
{
    const auto future = evaluated(QStringLiteral("import asyncio\nasyncio.new_event_loop().create_future()"));
    QVERIFY(liaison::arrivesLater(future));
    bool called = false;
    const auto error = raised([&] {
        watch(future, py::cpp_function([&](const py::object &, const py::object &) { called = true; }));
    });
    QVERIFY(error.startsWith(QStringLiteral("RuntimeError: ")));
    QVERIFY(!called);
}

LIAISON_PYTHON_TEST_MAIN(TestAwaiting)
#include "tst_awaiting.moc"
