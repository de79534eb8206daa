// SPDX-License-Identifier: MIT
#include "detailview.h"

#include "calls.h"
#include "outlineview.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QPlainTextEdit>
#include <QTabWidget>
#include <QToolButton>
#include <QtTest>

using namespace liaison;

/// Message, answer and traceback of a call.
class TestDetailView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void showsACall();
    void showsATraceback();
    void followsACall();
    void copies();
    void readsTracebacks_data();
    void readsTracebacks();

private:
    static QTabWidget *tabs(const DetailView &view, const char *name = "answerTabs")
    {
        return view.findChild<QTabWidget *>(QLatin1String(name));
    }
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
    QCOMPARE(tabs(view)->currentIndex(), 0);
    QVERIFY(!tabs(view)->isTabEnabled(1));
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
    QCOMPARE(tabs(view)->currentIndex(), 1);
    view.show(endedCall(2));
    QCOMPARE(view.traceback(), QString());
    QCOMPARE(tabs(view)->currentIndex(), 0);
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

void TestDetailView::copies()
{
    DetailView view;
    const QList<QToolButton *> copies = {
        qobject_cast<QToolButton *>(tabs(view, "messageTabs")->cornerWidget()),
        qobject_cast<QToolButton *>(tabs(view)->cornerWidget())};
    for (const auto *copy : copies)
        QVERIFY(!copy->isEnabled());
    auto call = failedCall(1);
    call.message = R"({"b":1,"a":2.50})";
    call.answer = R"({"error": ["ValueError: x\n"], "tag": "error"})";
    view.show(call);
    copies.at(0)->click();
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("{\n  \"b\": 1,\n  \"a\": 2.50\n}"));
    copies.at(1)->click();
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("ValueError: x\n"));
    tabs(view)->setCurrentIndex(0);
    copies.at(1)->click();
    QVERIFY(QGuiApplication::clipboard()->text().startsWith(QStringLiteral("{\n  \"error\": [\n")));
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
