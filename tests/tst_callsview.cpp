// SPDX-License-Identifier: MIT
#include "callsview.h"

#include "calls.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTableView>
#include <QtTest>

using namespace liaison;

/// The table and its filter, as a person uses them.
class TestCallsView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void selects();
    void filtersAsOneTypes();
    void filtersByTheRest();
    void theSelectionStaysWithItsCall();
    void remembersColumns();

private:
    void add(const QList<Call> &calls) { m_calls->apply({calls, {}, {}, 0, 0}); }

    std::unique_ptr<CallModel> m_calls;
    std::unique_ptr<CallsView> m_view;
    QTableView *m_table = nullptr;
};

void TestCallsView::init()
{
    m_view.reset();
    m_calls = std::make_unique<CallModel>();
    m_view = std::make_unique<CallsView>(*m_calls);
    m_view->resize(900, 400);
    m_view->show();
    m_table = m_view->findChild<QTableView *>();
    add({endedCall(1), failedCall(2), endedCall(3, QStringLiteral("get"), QStringLiteral("x")),
         runningCall(4)});
}

void TestCallsView::selects()
{
    const QSignalSpy changed(m_view.get(), &CallsView::selectionChanged);
    QVERIFY(!m_view->selected());
    m_table->selectRow(0);
    QCOMPARE(m_view->selected()->number, quint64(4));
    m_table->setFocus();
    QTest::keyClick(m_table, Qt::Key_Down);
    QCOMPARE(m_view->selected()->number, quint64(3));
    QCOMPARE(changed.count(), 2);
}

void TestCallsView::filtersAsOneTypes()
{
    auto *text = m_view->findChild<QLineEdit *>();
    m_view->focusFilter();
    QTest::keyClicks(text, QStringLiteral("valueE"));
    QTRY_COMPARE(m_table->model()->rowCount(), 1);
    bool isSaid = false;
    for (const auto *label : m_view->findChildren<QLabel *>())
        isSaid = isSaid || label->text() == QStringLiteral("1 of 4 calls");
    QVERIFY(isSaid);
    text->clear();
    QTRY_COMPARE(m_table->model()->rowCount(), 4);
}

void TestCallsView::filtersByTheRest()
{
    m_view->findChild<QCheckBox *>()->click();
    QCOMPARE(m_table->model()->rowCount(), 1);
    m_view->findChild<QCheckBox *>()->click();
    m_view->findChild<QDoubleSpinBox *>()->setValue(1000);
    QCOMPARE(m_table->model()->rowCount(), 1);
    m_view->findChild<QDoubleSpinBox *>()->setValue(0);
    QCOMPARE(m_table->model()->rowCount(), 4);
}

void TestCallsView::theSelectionStaysWithItsCall()
{
    m_table->selectRow(1);
    QCOMPARE(m_view->selected()->number, quint64(3));
    for (quint64 number = 5; number < 500; number += 5)
        add({endedCall(number), endedCall(number + 1), endedCall(number + 2), endedCall(number + 3),
             endedCall(number + 4)});
    QCOMPARE(m_view->selected()->number, quint64(3));
    m_table->sortByColumn(CallModel::Command, Qt::AscendingOrder);
    QCOMPARE(m_view->selected()->number, quint64(3));
}

void TestCallsView::remembersColumns()
{
    auto *header = m_table->horizontalHeader();
    header->moveSection(header->visualIndex(CallModel::Size), 0);
    header->resizeSection(CallModel::Command, 177);
    const auto state = m_view->state();
    init();
    m_view->restoreState(state);
    header = m_table->horizontalHeader();
    QCOMPARE(header->visualIndex(CallModel::Size), 0);
    QCOMPARE(header->sectionSize(CallModel::Command), 177);
}

QTEST_MAIN(TestCallsView)
#include "tst_callsview.moc"
