// SPDX-License-Identifier: MIT
#include "backpressure.h"

#include <QtTest>

#include <thread>

using namespace liaison;
using namespace std::chrono_literals;

constexpr qint64 limit = 1000;

/// Who sends much waits while much is on its way, for as long as its client is there.
class TestBackpressure : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void thereIsRoomUpToTheLimit();
    void whatTheSystemHasNotTakenCounts();
    void aWaitEndsWhenThereIsRoom();
    void aWaitEndsWhenTheClientLeaves();
    void strangersHaveRoom();

private:
    std::unique_ptr<Backpressure> m_backpressure;
};

void TestBackpressure::init()
{
    m_backpressure = std::make_unique<Backpressure>(limit);
    m_backpressure->join(1);
    m_backpressure->join(2);
}

void TestBackpressure::thereIsRoomUpToTheLimit()
{
    m_backpressure->post(1, limit - 1);
    QVERIFY(m_backpressure->waitForRoom(1, 0ms));
    m_backpressure->post(1, 1);
    QVERIFY(!m_backpressure->waitForRoom(1, 0ms));
    QVERIFY(m_backpressure->isWaitedFor(1));
    QVERIFY(m_backpressure->waitForRoom(2, 0ms));
    QVERIFY(!m_backpressure->isWaitedFor(2));
    m_backpressure->take(1, limit);
    QVERIFY(!m_backpressure->isWaitedFor(1));
    QVERIFY(m_backpressure->waitForRoom(1, 0ms));
    // Nobody asks any more.
    m_backpressure->post(1, limit);
    QVERIFY(!m_backpressure->isWaitedFor(1));
}

void TestBackpressure::whatTheSystemHasNotTakenCounts()
{
    m_backpressure->setUnwritten(1, limit);
    QVERIFY(!m_backpressure->waitForRoom(1, 0ms));
    m_backpressure->setUnwritten(1, 10);
    QVERIFY(m_backpressure->waitForRoom(1, 0ms));
}

void TestBackpressure::aWaitEndsWhenThereIsRoom()
{
    m_backpressure->post(1, limit);
    std::thread reader([this] { m_backpressure->take(1, limit); });
    QVERIFY(m_backpressure->waitForRoom(1, 10s));
    reader.join();
}

void TestBackpressure::aWaitEndsWhenTheClientLeaves()
{
    m_backpressure->post(1, limit);
    QVERIFY(m_backpressure->isConnected(1));
    std::thread leaver([this] { m_backpressure->leave(1); });
    QVERIFY(m_backpressure->waitForRoom(1, 10s));
    leaver.join();
    QVERIFY(!m_backpressure->isConnected(1));
}

void TestBackpressure::strangersHaveRoom()
{
    m_backpressure->post(7, limit);
    m_backpressure->setUnwritten(7, limit);
    QVERIFY(m_backpressure->waitForRoom(7, 0ms));
    QVERIFY(!m_backpressure->isConnected(7));
}

QTEST_GUILESS_MAIN(TestBackpressure)
#include "tst_backpressure.moc"
