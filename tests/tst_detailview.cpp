// SPDX-License-Identifier: MIT
#include "detailview.h"

#include "calls.h"
#include "outlineview.h"

#include <QPlainTextEdit>
#include <QTabWidget>
#include <QtTest>

using namespace liaison;

/// Message, answer and traceback of a call.
class TestDetailView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void showsACall();
    void showsATraceback();
    void followsACall();
    void readsTracebacks_data();
    void readsTracebacks();
};

void TestDetailView::showsACall()
{
    DetailView view;
    const auto call = endedCall(1);
    view.show(call);
    const auto *message = view.findChild<OutlineView *>(QStringLiteral("message"));
    const auto *answer = view.findChild<OutlineView *>(QStringLiteral("answer"));
    QCOMPARE(message->text(), call.message);
    QCOMPARE(answer->text(), call.answer);
    QCOMPARE(view.findChild<QTabWidget *>()->currentIndex(), 0);
    QVERIFY(!view.findChild<QTabWidget *>()->isTabEnabled(1));
    view.showNone();
    QCOMPARE(message->text(), QByteArray());
    QCOMPARE(answer->text(), QByteArray());
}

void TestDetailView::showsATraceback()
{
    DetailView view;
    auto call = failedCall(1);
    call.answer =
        R"({"error": ["Traceback (most recent call last):\n", "ValueError: \u00e9\n"], "tag": "error"})";
    view.show(call);
    QCOMPARE(view.traceback(), QStringLiteral("Traceback (most recent call last):\nValueError: é\n"));
    QCOMPARE(view.findChild<QTabWidget *>()->currentIndex(), 1);
    view.show(endedCall(2));
    QCOMPARE(view.traceback(), QString());
    QCOMPARE(view.findChild<QTabWidget *>()->currentIndex(), 0);
}

void TestDetailView::followsACall()
{
    DetailView view;
    auto call = runningCall(1);
    view.show(call);
    const auto *answer = view.findChild<OutlineView *>(QStringLiteral("answer"));
    QCOMPARE(answer->text(), QByteArray());
    call.state = CallState::Done;
    call.answer = "{\"response\": 1}";
    view.show(call);
    QCOMPARE(answer->text(), call.answer);
}

void TestDetailView::readsTracebacks_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<QString>("text");
    QTest::newRow("an error") << QByteArray(R"({"error": ["a\n", "b\n"]})") << QStringLiteral("a\nb\n");
    QTest::newRow("a response") << QByteArray(R"({"response": ["a\n"]})") << QString();
    QTest::newRow("no lines") << QByteArray(R"({"error": [1, null]})") << QString();
    QTest::newRow("no array") << QByteArray(R"({"error": "x"})") << QString();
    QTest::newRow("no object") << QByteArray("[1]") << QString();
    QTest::newRow("no JSON") << QByteArray("nonsense") << QString();
    QTest::newRow("nothing") << QByteArray() << QString();
}

void TestDetailView::readsTracebacks()
{
    QFETCH(QByteArray, answer);
    QTEST(tracebackOf(answer), "text");
}

QTEST_MAIN(TestDetailView)
#include "tst_detailview.moc"
