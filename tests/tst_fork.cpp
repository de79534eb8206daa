// SPDX-License-Identifier: MIT
#include "fork.h"

#include "childprocess.h"

#include <QtTest>

using namespace liaison;

/// Every fork counts one in the child, none in the parent.
class TestFork : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void countsForks_data();
    void countsForks();

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

QTEST_GUILESS_MAIN(TestFork)
#include "tst_fork.moc"
