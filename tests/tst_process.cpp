// SPDX-License-Identifier: MIT
#include "process.h"

#include "childprocess.h"
#include "sanitized.h"

#include <QtTest>

#include <algorithm>
#include <memory>
#include <vector>

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
    void freeMemoryGoesBack();
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

void TestProcess::freeMemoryGoesBack()
{
    if (isUnderSanitizer)
        QSKIP("sanitizers have a heap of their own");
    const auto child = runInChild([] {
        constexpr std::size_t count = 16'000;
        constexpr std::size_t size = 4000;
        std::vector<std::unique_ptr<char[]>> blocks;
        for (std::size_t i = 0; i < count; ++i) {
            blocks.push_back(std::make_unique<char[]>(size));
            std::fill_n(blocks.back().get(), size, 'x');
        }
        const auto full = residentMemory();
        // The last stays, so that the heap cannot shrink at its end.
        blocks.erase(blocks.begin(), blocks.end() - 1);
        releaseFreeMemory();
        const bool isBack = full > 0 && residentMemory() < full - qint64(count * size / 2);
        [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, isBack ? "back" : "kept", 4);
    });
    QCOMPARE(child.output, QByteArray("back"));
}

QTEST_GUILESS_MAIN(TestProcess)
#include "tst_process.moc"
