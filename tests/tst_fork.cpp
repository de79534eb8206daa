// SPDX-License-Identifier: MIT
#include "fork.h"

#include "childprocess.h"

#include <QtTest>

#include <fcntl.h>

using namespace liaison;

/// Every fork counts one in the child, none in the parent.
class TestFork : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void countsForks_data();
    void countsForks();
    void closesWhatIsTheParents();

private:
    static void forkThenExit(int depth, int before);
};

void TestFork::countsForks_data()
{
    QTest::addColumn<int>("depth");
    QTest::newRow("a child") << 1;
    QTest::newRow("a child's child") << 2;
    QTest::newRow("the fifth") << 5;
}

void TestFork::forkThenExit(int depth, int before)
{
    for (int i = 0; i < depth; ++i) {
        if (const auto child = ::fork()) {
            int status = 0;
            ::waitpid(child, &status, 0);
            _exit(WEXITSTATUS(status));
        }
    }
    _exit(forkGeneration() - before);
}

void TestFork::countsForks()
{
    QFETCH(int, depth);
    const int before = forkGeneration();
    const auto child = runInChild([&] { forkThenExit(depth - 1, before); });
    QCOMPARE(child.exitCode, depth);
    QCOMPARE(forkGeneration(), before);
}

void TestFork::closesWhatIsTheParents()
{
    int ends[2] = {};
    QCOMPARE(::pipe(ends), 0);
    const auto isOpen = [](int descriptor) { return ::fcntl(descriptor, F_GETFD) >= 0 ? 1 : 0; };
    closeInChildren(ends[0]);
    closeInChildren(ends[1]);
    keepInChildren(ends[1]);
    const auto child = runInChild([&] { _exit(isOpen(ends[0]) + 2 * isOpen(ends[1])); });
    QCOMPARE(child.exitCode, 2);
    QVERIFY(isOpen(ends[0]) && isOpen(ends[1]));
    keepInChildren(ends[0]);
    const auto second = runInChild([&] { _exit(isOpen(ends[0]) + 2 * isOpen(ends[1])); });
    QCOMPARE(second.exitCode, 3);
    ::close(ends[0]);
    ::close(ends[1]);
}

QTEST_GUILESS_MAIN(TestFork)
#include "tst_fork.moc"
