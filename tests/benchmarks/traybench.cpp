// SPDX-License-Identifier: MIT
// liaison-traybench: how long the debugging window takes to see to what a person does, while it holds 100,000
// calls and 5,000 more come in a second; and what memory it takes. A thread asks the window's own for an
// answer every few milliseconds, as keys and clicks do. Prints one line of JSON for each way of looking at
// the table.

#include "callmodel.h"
#include "callsview.h"
#include "liaisonprocess.h"
#include "loadclient.h"
#include "trayoptions.h"
#include "watched.h"
#include "window.h"

#include <QApplication>
#include <QCheckBox>
#include <QElapsedTimer>
#include <QFile>
#include <QLineEdit>
#include <QSettings>
#include <QTableView>
#include <QTemporaryDir>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

using namespace liaison;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int callsPerSecond = 5000;
constexpr auto turn = 10ms;

double residentMegabytes()
{
    QFile statm(QStringLiteral("/proc/self/statm"));
    constexpr double pageMegabytes = 4096.0 / 1e6;
    return statm.open(QIODevice::ReadOnly) ? statm.readAll().split(' ').value(1).toDouble() * pageMegabytes
                                           : 0;
}

/// Sends commands at a rate, on a thread of its own.
class Load {
public:
    explicit Load(quint16 port)
        : m_thread([this, port] { run(port); })
    {
    }
    ~Load()
    {
        m_isEnding = true;
        m_thread.join();
    }
    std::atomic<int> rate = 0; ///< commands in a turn

private:
    void run(quint16 port)
    {
        LoadClient client(port);
        const auto bytes =
            textFrame(R"({"command": {"command": "run", "args": ["math:hypot", 3, 4]}, "id": 1234567})");
        auto next = Clock::now();
        while (!m_isEnding) {
            const int count = rate;
            std::string batch;
            for (int i = 0; i < count; ++i)
                batch += bytes;
            client.send(batch);
            for (int received = 0; received < count;)
                received += client.receiveFrames();
            next = std::max(next + turn, Clock::now() - turn);
            std::this_thread::sleep_until(next);
        }
    }

    std::atomic<bool> m_isEnding = false;
    std::thread m_thread;
};

/// Looks at how long the window's thread takes to get to an event, for so long.
void measure(const char *name, Window &window, int seconds)
{
    std::vector<double> delays;
    std::atomic<bool> isEnding = false;
    std::thread prober([&] {
        while (!isEnding) {
            const auto asked = Clock::now();
            std::atomic<bool> isAnswered = false;
            QMetaObject::invokeMethod(
                &window,
                [&] {
                    delays.push_back(std::chrono::duration<double, std::milli>(Clock::now() - asked).count());
                    isAnswered = true;
                    isAnswered.notify_one();
                },
                Qt::QueuedConnection);
            isAnswered.wait(false);
            std::this_thread::sleep_for(3ms);
        }
    });
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < seconds * 1000)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
    isEnding = true;
    while (prober.joinable()) {
        QCoreApplication::processEvents();
        if (isEnding && timer.elapsed() > seconds * 1000 + 300)
            prober.join();
    }
    std::sort(delays.begin(), delays.end());
    std::printf("{\"%s\": {\"median_ms\": %.2f, \"p99_ms\": %.2f, \"longest_ms\": %.2f, \"rows\": %d, "
                "\"memory_mb\": %.0f}}\n",
                name, percentile(delays, 0.5), percentile(delays, 0.99), delays.back(),
                window.findChild<CallsView *>()->findChild<QTableView *>()->model()->rowCount(),
                residentMegabytes());
    std::fflush(stdout);
}

} // namespace

int main(int argc, char *argv[])
{
    QApplication application(argc, argv);
    const QTemporaryDir settings;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
    const LiaisonProcess liaison;
    TrayOptions options;
    options.attachTo = liaison.address();
    Watched watched(options);
    Window window(watched);
    window.show();
    watched.begin();
    while (watched.state() != Watched::State::Watching)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
    constexpr int seconds = 8;
    auto *view = window.findChild<CallsView *>();
    auto *table = view->findChild<QTableView *>();
    measure("idle", window, 2);
    Load load(quint16(watched.address().section(QLatin1Char(':'), -1).toInt()));
    // As quick as it goes, until the table is full.
    load.rate = 1000;
    measure("filling", window, 2);
    while (std::size_t(table->model()->rowCount()) < CallModel::mostCalls)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
    load.rate = int(callsPerSecond * std::chrono::duration<double>(turn).count());
    measure("full, 5,000 a second", window, seconds);
    auto *text = view->findChild<QLineEdit *>();
    text->setText(QStringLiteral("hypot"));
    measure("a text that all have", window, seconds);
    text->setText(QStringLiteral("nowhere"));
    measure("a text that none has", window, seconds);
    text->clear();
    view->findChild<QCheckBox *>()->click();
    measure("errors only", window, seconds);
    view->findChild<QCheckBox *>()->click();
    table->sortByColumn(CallModel::Duration, Qt::DescendingOrder);
    measure("by duration", window, seconds);
    return 0;
}
