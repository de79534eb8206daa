// SPDX-License-Identifier: MIT
#include "recursion.h"

#include "pythontest.h"
#include "sanitized.h"

#include <thread>

namespace py = pybind11;

using namespace liaison;

namespace {

/// So deep it gets, until it is told to stop.
int depthReached(int wanted)
{
    if (wanted == 0)
        return 0;
    try {
        const RecursionGuard guard(" while testing");
        return depthReached(wanted - 1) + 1;
    } catch (py::error_already_set &error) {
        return error.matches(PyExc_RecursionError) ? 0 : -1'000'000'000;
    }
}

} // namespace

/// Nesting ends at Python's limit, and before the stack does.
class TestRecursion : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void endsAtPythonsLimit();
    void endsBeforeTheStackDoes();
    void saysWhere();
    void everyThreadHasItsStack();
    void smallStacksHaveRoom();
};

void TestRecursion::endsAtPythonsLimit()
{
    QCOMPARE(depthReached(100), 100);
    // Python 3.12 counts C code against a limit of its own.
    const int reached = depthReached(10'000'000);
    QVERIFY(reached > 500 && reached < 100'000);
    QCOMPARE(depthReached(100), 100);
}

void TestRecursion::endsBeforeTheStackDoes()
{
    if (isUnderThreadSanitizer)
        QSKIP("ThreadSanitizer's own stack is smaller");
    const auto sys = py::module_::import("sys");
    const auto before = sys.attr("getrecursionlimit")();
    sys.attr("setrecursionlimit")(2'000'000'000);
    const int reached = depthReached(2'000'000'000);
    sys.attr("setrecursionlimit")(before);
    QVERIFY(reached > 500);
    QVERIFY(remainingStack() > 0);
}

void TestRecursion::saysWhere()
{
    if (isUnderThreadSanitizer)
        QSKIP("ThreadSanitizer's own stack is smaller");
    const auto sys = py::module_::import("sys");
    const auto before = sys.attr("getrecursionlimit")();
    sys.attr("setrecursionlimit")(2'000'000'000);
    std::function<void()> deeper = [&] {
        const RecursionGuard guard(" while testing");
        deeper();
    };
    const auto error = raised(deeper);
    sys.attr("setrecursionlimit")(before);
    QCOMPARE(error, QStringLiteral("RecursionError: maximum recursion depth exceeded while testing"));
}

void TestRecursion::everyThreadHasItsStack()
{
    const auto here = remainingStack();
    std::ptrdiff_t there = 0;
    std::thread([&] { there = remainingStack(); }).join();
    QVERIFY(there > 0);
    QVERIFY(std::abs(here - remainingStack()) < 4096);
}

void TestRecursion::smallStacksHaveRoom()
{
    if (isUnderThreadSanitizer)
        QSKIP("ThreadSanitizer takes a part of every stack");
    // As small as a Python thread's may be, and some.
    const auto scope = executed(QStringLiteral("import threading, liaison\n"
                                               "texts = []\n"
                                               "for size in (128, 192, 256, 512):\n"
                                               "    threading.stack_size(size * 1024)\n"
                                               "    t = threading.Thread(target=lambda: texts.append(\n"
                                               "        liaison.encode([{'a': [1]}])))\n"
                                               "    t.start()\n"
                                               "    t.join()\n"
                                               "threading.stack_size(0)\n"));
    QCOMPARE(pythonText(scope["texts"]), QStringLiteral("['[{\"a\": [1]}]', '[{\"a\": [1]}]', "
                                                        "'[{\"a\": [1]}]', '[{\"a\": [1]}]']"));
}

LIAISON_PYTHON_TEST_MAIN(TestRecursion)
#include "tst_recursion.moc"
