// SPDX-License-Identifier: MIT
#include "process.h"

#include "childprocess.h"
#include "sanitized.h"

#include <QtTest>

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

using namespace liaison;

/// All of it in child processes, since it changes the process.
class TestProcess final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void closedDescriptorsAreFilled();
    void openDescriptorsStay();
    void interruptsWaitUntilTheyAreAccepted();
};

void TestProcess::closedDescriptorsAreFilled()
{
    const auto child = runInChild([] {
        ::close(STDIN_FILENO);
        prepareProcess();
        const bool isNull = ::fcntl(STDIN_FILENO, F_GETFD) >= 0 && ::write(STDIN_FILENO, "x", 1) == 1;
        [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, isNull ? "filled" : "closed", 6);
    });
    QCOMPARE(child.output, QByteArray("filled"));
}

void TestProcess::openDescriptorsStay()
{
    const auto child = runInChild([] {
        prepareProcess();
        [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, "same", 4);
    });
    QCOMPARE(child.output, QByteArray("same"));
}

void TestProcess::interruptsWaitUntilTheyAreAccepted()
{
    if (isUnderThreadSanitizer)
        QSKIP("ThreadSanitizer keeps signals back");
    const auto child = runInChild([] {
        prepareProcess();
        std::signal(SIGINT,
                    [](int) { [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, "b", 1); });
        std::raise(SIGINT);
        [[maybe_unused]] auto written = ::write(STDOUT_FILENO, "a", 1);
        acceptInterrupts();
        written = ::write(STDOUT_FILENO, "c", 1);
    });
    QCOMPARE(child.output, QByteArray("abc"));
}

QTEST_GUILESS_MAIN(TestProcess)
#include "tst_process.moc"
