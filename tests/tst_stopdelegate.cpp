// SPDX-License-Identifier: MIT
#include "stopdelegate.h"

#include "callfilter.h"
#include "callmodel.h"
#include "calls.h"
#include "callsview.h"

#include <QSignalSpy>
#include <QTableView>
#include <QtTest>

using namespace liaison;

/// The button beside the state of a call that runs.
class TestStopDelegate : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void clicks_data();
    void clicks();
};

void TestStopDelegate::clicks_data()
{
    QTest::addColumn<int>("row");
    QTest::addColumn<bool>("isOnButton");
    QTest::addColumn<bool>("stops");
    QTest::newRow("the button of a call that runs") << 0 << true << true;
    QTest::newRow("beside it") << 0 << false << false;
    QTest::newRow("where a call that has ended has none") << 1 << true << false;
}

void TestStopDelegate::clicks()
{
    QFETCH(int, row);
    QFETCH(bool, isOnButton);
    QFETCH(bool, stops);
    CallModel calls;
    calls.apply({{endedCall(1), runningCall(2)}, {}, {}, 0, 0});
    CallsView view(calls);
    view.resize(1000, 300);
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    const QSignalSpy requested(&view, &CallsView::stopRequested);
    auto *table = view.findChild<QTableView *>();
    const auto rect = table->visualRect(table->model()->index(row, CallModel::State));
    const QPoint point(isOnButton ? rect.right() - 10 : rect.left() + 5, rect.center().y());
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, point);
    QCOMPARE(requested.count(), stops ? 1 : 0);
    if (stops)
        QCOMPARE(requested.at(0).at(0).value<Call>().number, quint64(2));
}

QTEST_MAIN(TestStopDelegate)
#include "tst_stopdelegate.moc"
