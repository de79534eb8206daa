// SPDX-License-Identifier: MIT
#include "callfilter.h"

#include "callmodel.h"
#include "calls.h"

#include <QAbstractItemModelTester>
#include <QtTest>

using namespace liaison;

/// What is looked for is shown, in an order; what runs comes first.
class TestCallFilter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void filters_data();
    void filters();
    void runningOnesComeFirst_data();
    void runningOnesComeFirst();
    void followsChanges();
    void followsChangesInAnyOrder();

private:
    QList<quint64> shown() const;

    std::unique_ptr<CallModel> m_calls;
    std::unique_ptr<CallFilter> m_filter;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

void TestCallFilter::init()
{
    m_tester.reset();
    m_filter.reset();
    m_calls = std::make_unique<CallModel>();
    m_filter = std::make_unique<CallFilter>(*m_calls);
    m_tester = std::make_unique<QAbstractItemModelTester>(
        m_filter.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    CallBatch batch;
    batch.begun = {endedCall(1), failedCall(2), runningCall(3),
                   endedCall(4, QStringLiteral("get"), QStringLiteral("Session.frames")), endedCall(5)};
    batch.begun[4].duration_s = 2;
    batch.begun[4].message = R"({"command": {"command": "run", "args": ["f", "Straße"]}})";
    m_calls->apply(batch);
}

QList<quint64> TestCallFilter::shown() const
{
    QList<quint64> numbers;
    for (int row = 0; row < m_filter->rowCount(); ++row)
        numbers.append(m_filter->callAt(m_filter->index(row, 0)).number);
    return numbers;
}

void TestCallFilter::filters_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("errorsOnly");
    QTest::addColumn<double>("slowerThan");
    QTest::addColumn<QList<quint64>>("numbers");
    QTest::newRow("everything") << QString() << false << 0.0 << QList<quint64>{3, 5, 4, 2, 1};
    QTest::newRow("errors only") << QString() << true << 0.0 << QList<quint64>{2};
    // Running since long before.
    QTest::newRow("slower than a second") << QString() << false << 1.0 << QList<quint64>{3, 5};
    QTest::newRow("a target in another case")
        << QStringLiteral("session.FRAMES") << false << 0.0 << QList<quint64>{4};
    QTest::newRow("a command") << QStringLiteral("get") << false << 0.0 << QList<quint64>{4};
    QTest::newRow("an error") << QStringLiteral("valueerr") << false << 0.0 << QList<quint64>{2};
    QTest::newRow("in the message") << QStringLiteral("Straße") << false << 0.0 << QList<quint64>{5};
    QTest::newRow("in the answer") << QStringLiteral("\"response\": 5.0") << false << 0.0
                                   << QList<quint64>{5, 4, 2, 1};
    QTest::newRow("all of it") << QStringLiteral("hypot") << true << 0.001 << QList<quint64>{2};
    QTest::newRow("nothing") << QStringLiteral("nowhere") << false << 0.0 << QList<quint64>{};
}

void TestCallFilter::filters()
{
    QFETCH(QString, text);
    QFETCH(bool, errorsOnly);
    QFETCH(double, slowerThan);
    m_filter->setText(text);
    m_filter->setErrorsOnly(errorsOnly);
    m_filter->setSlowerThan(slowerThan);
    QTEST(shown(), "numbers");
    m_filter->setText({});
    m_filter->setErrorsOnly(false);
    m_filter->setSlowerThan(0);
    QCOMPARE(shown(), (QList<quint64>{3, 5, 4, 2, 1}));
}

void TestCallFilter::runningOnesComeFirst_data()
{
    QTest::addColumn<int>("column");
    QTest::addColumn<bool>("isAscending");
    for (int column = 0; column < CallModel::ColumnCount; ++column) {
        for (const bool isAscending : {false, true})
            QTest::addRow("by column %d, %s", column, isAscending ? "upwards" : "downwards")
                << column << isAscending;
    }
}

void TestCallFilter::runningOnesComeFirst()
{
    QFETCH(int, column);
    QFETCH(bool, isAscending);
    m_filter->sort(column, isAscending ? Qt::AscendingOrder : Qt::DescendingOrder);
    QCOMPARE(shown().size(), 5);
    QCOMPARE(shown().first(), quint64(3));
    if (column == CallModel::Time)
        QCOMPARE(shown().last(), quint64(isAscending ? 5 : 1));
    if (column == CallModel::Duration)
        QCOMPARE(shown().at(isAscending ? 4 : 1), quint64(5));
}

void TestCallFilter::followsChanges()
{
    m_calls->apply({{runningCall(6), endedCall(7)}, {}, {}, 0, 0});
    QCOMPARE(shown(), (QList<quint64>{6, 3, 7, 5, 4, 2, 1}));
    m_calls->apply({{}, {{3, 2e9, CallState::Done, {}, {}}}, {}, 0, 0});
    QCOMPARE(shown(), (QList<quint64>{6, 7, 5, 4, 3, 2, 1}));
    m_filter->setErrorsOnly(true);
    m_calls->apply({{failedCall(8)}, {{6, 2e9, CallState::Failed, QStringLiteral("X"), {}}}, {}, 0, 0});
    QCOMPARE(shown(), (QList<quint64>{8, 6, 2}));
}

void TestCallFilter::followsChangesInAnyOrder()
{
    m_filter->sort(CallModel::Duration, Qt::DescendingOrder);
    QCOMPARE(shown(), (QList<quint64>{3, 5, 4, 2, 1}));
    auto slow = endedCall(6);
    slow.duration_s = 1;
    m_calls->apply(
        {{slow, runningCall(7)}, {{3, m_calls->call(2).time_s + 5, CallState::Done, {}, {}}}, {}, 0, 0});
    QTRY_COMPARE(shown(), (QList<quint64>{7, 3, 5, 6, 4, 2, 1}));
    m_filter->setErrorsOnly(true);
    m_calls->apply({{}, {{7, 2e9, CallState::Failed, QStringLiteral("X"), {}}}, {}, 0, 0});
    QTRY_COMPARE(shown(), (QList<quint64>{7, 2}));
    m_filter->setErrorsOnly(false);
    m_filter->sort(CallModel::Time, Qt::AscendingOrder);
    m_calls->apply({{endedCall(8)}, {}, {}, 0, 0});
    QCOMPARE(shown(), (QList<quint64>{1, 2, 3, 4, 5, 6, 7, 8}));
}

QTEST_MAIN(TestCallFilter)
#include "tst_callfilter.moc"
