// SPDX-License-Identifier: MIT
#include "callmodel.h"

#include "calls.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>

using namespace liaison;

/// The latest calls as rows; the oldest leave.
class TestCallModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void showsCalls();
    void callsEnd();
    void theOldestLeave();
    void theOldestLeaveInBulk();
    void longTextsLeaveEarlier();
    void clearsAllButThoseThatRun();
    void changesThatLieTogetherAreOne();
    void writesForPeople_data();
    void writesForPeople();

private:
    QString text(int row, int column) const;

    std::unique_ptr<CallModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

void TestCallModel::init()
{
    m_tester.reset();
    m_model = std::make_unique<CallModel>();
    m_tester = std::make_unique<QAbstractItemModelTester>(
        m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
}

QString TestCallModel::text(int row, int column) const
{
    return m_model->index(row, column).data().toString();
}

void TestCallModel::showsCalls()
{
    m_model->apply({{endedCall(1), failedCall(2), runningCall(3)}, {}, {}, 0, 0});
    QCOMPARE(m_model->rowCount(), 3);
    QCOMPARE(text(0, CallModel::Command), QStringLiteral("run"));
    QCOMPARE(text(0, CallModel::Target), QStringLiteral("math:hypot"));
    QCOMPARE(text(0, CallModel::State), QStringLiteral("done"));
    QCOMPARE(text(0, CallModel::Duration), QStringLiteral("5 ms"));
    QCOMPARE(text(1, CallModel::State), QStringLiteral("ValueError"));
    QVERIFY(m_model->index(1, 0).data(Qt::ForegroundRole).isValid());
    QVERIFY(!m_model->index(0, 0).data(Qt::ForegroundRole).isValid());
    QCOMPARE(text(2, CallModel::State), QStringLiteral("running"));
    QCOMPARE(text(2, CallModel::Size), QString());
    QCOMPARE(m_model->runningCount(), 1);
    QCOMPARE(m_model->oldestRunning()->number, quint64(3));
    for (int column = 0; column < CallModel::ColumnCount; ++column)
        QVERIFY(!m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString().isEmpty());
}

void TestCallModel::callsEnd()
{
    m_model->apply({{runningCall(1), runningCall(2)}, {}, {}, 0, 0});
    const QSignalSpy changed(m_model.get(), &QAbstractItemModel::dataChanged);
    const auto begin = m_model->call(1).time_s;
    m_model->apply(
        {{},
         {{2, begin + 0.25, CallState::Failed, QStringLiteral("KeyError"), "answer"}, {9, 1, {}, {}, {}}},
         {},
         0,
         0});
    QCOMPARE(changed.count(), 1);
    QCOMPARE(m_model->runningCount(), 1);
    QCOMPARE(text(1, CallModel::State), QStringLiteral("KeyError"));
    QCOMPARE(text(1, CallModel::Duration), QStringLiteral("250 ms"));
    QCOMPARE(m_model->call(1).answer, QByteArray("answer"));
    QCOMPARE(m_model->bytes(), m_model->call(0).bytes() + m_model->call(1).bytes());
}

void TestCallModel::theOldestLeave()
{
    m_tester.reset();
    constexpr int batchSize = 999;
    quint64 number = 0;
    while (number < CallModel::mostCalls + 5000) {
        CallBatch batch;
        for (int i = 0; i < batchSize; ++i)
            batch.begun.append(endedCall(++number));
        m_model->apply(batch);
        QVERIFY(std::size_t(m_model->rowCount()) <= CallModel::mostCalls);
    }
    QCOMPARE(std::size_t(m_model->rowCount()), CallModel::mostCalls);
    QCOMPARE(m_model->call(m_model->rowCount() - 1).number, number);
    QCOMPARE(m_model->call(0).number, number - CallModel::mostCalls + 1);
    QCOMPARE(m_model->rowOf(number), m_model->rowCount() - 1);
    QVERIFY(!m_model->rowOf(1));
    // More than there is room for at once.
    CallBatch batch;
    for (std::size_t i = 0; i < CallModel::mostCalls + 10; ++i)
        batch.begun.append(endedCall(++number));
    m_model->apply(batch);
    QCOMPARE(std::size_t(m_model->rowCount()), CallModel::mostCalls);
    QCOMPARE(m_model->call(m_model->rowCount() - 1).number, number);
    qint64 bytes = 0;
    for (int row = 0; row < m_model->rowCount(); ++row)
        bytes += m_model->call(row).bytes();
    QCOMPARE(m_model->bytes(), bytes);
}

void TestCallModel::theOldestLeaveInBulk()
{
    m_model->setDropsInBulk(true);
    const QSignalSpy removed(m_model.get(), &QAbstractItemModel::rowsRemoved);
    const QSignalSpy changed(m_model.get(), &QAbstractItemModel::layoutChanged);
    quint64 number = 0;
    const auto add = [&](int count) {
        CallBatch batch;
        for (int i = 0; i < count; ++i)
            batch.begun.append(endedCall(++number));
        m_model->apply(batch);
    };
    add(int(CallModel::mostCalls));
    const QPersistentModelIndex first = m_model->index(0, 0);
    const QPersistentModelIndex last = m_model->index(m_model->rowCount() - 1, 0);
    add(int(CallModel::mostCalls) / 4);
    QCOMPARE(changed.count(), 0);
    add(1);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(std::size_t(m_model->rowCount()), CallModel::mostCalls);
    QVERIFY(!first.isValid());
    QCOMPARE(m_model->call(last.row()).number, quint64(CallModel::mostCalls));
    add(100);
    m_model->setDropsInBulk(false);
    QCOMPARE(std::size_t(m_model->rowCount()), CallModel::mostCalls);
    QCOMPARE(removed.count(), 1);
}

void TestCallModel::longTextsLeaveEarlier()
{
    const QByteArray large(20 << 20, 'x');
    for (quint64 number = 1; number <= 30; ++number) {
        auto call = endedCall(number);
        call.answer = large;
        m_model->apply({{call}, {}, {}, 0, 0});
    }
    QVERIFY(m_model->bytes() <= CallModel::mostBytes);
    QCOMPARE(m_model->rowCount(), int(CallModel::mostBytes / large.size()));
    // One that is too long by itself is shown all the same.
    auto call = endedCall(31);
    call.answer = QByteArray(int(CallModel::mostBytes) + 1, 'x');
    m_model->apply({{call}, {}, {}, 0, 0});
    QCOMPARE(m_model->rowCount(), 1);
    // So do answers that come later.
    init();
    CallBatch batch;
    for (quint64 number = 1; number <= 30; ++number)
        batch.begun.append(runningCall(number));
    m_model->apply(batch);
    for (quint64 number = 1; number <= 30; ++number)
        m_model->apply({{}, {{number, 1, CallState::Done, {}, large}}, {}, 0, 0});
    QVERIFY(m_model->bytes() <= CallModel::mostBytes);
}

void TestCallModel::clearsAllButThoseThatRun()
{
    m_model->apply({{endedCall(1), runningCall(2), endedCall(3)}, {}, {}, 0, 0});
    m_model->clear();
    QCOMPARE(m_model->rowCount(), 2);
    QCOMPARE(m_model->call(0).number, quint64(2));
    QCOMPARE(m_model->runningCount(), 1);
    m_model->apply({{}, {{2, 1, CallState::Done, {}, {}}}, {}, 0, 0});
    m_model->clear();
    QCOMPARE(m_model->rowCount(), 0);
    QCOMPARE(m_model->bytes(), qint64(0));
    m_model->apply({{endedCall(4)}, {}, {}, 0, 0});
    QCOMPARE(m_model->rowCount(), 1);
}

void TestCallModel::changesThatLieTogetherAreOne()
{
    CallBatch batch;
    for (quint64 number = 1; number <= 100; ++number)
        batch.begun.append(runningCall(number));
    m_model->apply(batch);
    const QSignalSpy changed(m_model.get(), &QAbstractItemModel::dataChanged);
    CallBatch ends;
    for (const quint64 number : {50, 3, 1, 2, 5, 99})
        ends.ended.append({number, 1, CallState::Done, {}, {}});
    m_model->apply(ends);
    QCOMPARE(changed.count(), 3);
    QCOMPARE(changed.at(0).at(0).toModelIndex().row(), 0);
    QCOMPARE(changed.at(0).at(1).toModelIndex().row(), 4);
}

void TestCallModel::writesForPeople_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const QString &text, const char *expected) {
        QTest::newRow(name) << text << QString::fromUtf8(expected);
    };
    row("microseconds", durationText(0.0000421), "42.1 µs");
    row("less than nothing, of a clock that was set", durationText(-5), "0 µs");
    row("milliseconds", durationText(0.001234), "1.23 ms");
    row("hundreds", durationText(0.4567), "457 ms");
    row("seconds", durationText(12.3456), "12.3 s");
    row("minutes", durationText(125), "2 min 5 s");
    row("bytes", sizeText(512), "512 bytes");
    row("kilobytes", sizeText(1234), "1.2 kB");
    row("megabytes", sizeText(52'000'000), "52.0 MB");
}

void TestCallModel::writesForPeople()
{
    QFETCH(QString, text);
    QTEST(text, "expected");
}

QTEST_MAIN(TestCallModel)
#include "tst_callmodel.moc"
