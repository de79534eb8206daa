// SPDX-License-Identifier: MIT
#include "outputview.h"

#include <QTextBlock>
#include <QtTest>

using namespace liaison;

/// What was printed is shown, and the latest of it stays.
class TestOutputView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void showsWhatComes();
    void charactersMayBeCut();
    void errorsHaveAColour();
    void aFloodIsBounded();
};

void TestOutputView::showsWhatComes()
{
    OutputView view;
    view.add(false, "first\nsec");
    view.add(false, "ond\n");
    QTRY_COMPARE(view.toPlainText(), QStringLiteral("first\nsecond\n"));
    view.add(true, "third");
    QTRY_COMPARE(view.toPlainText(), QStringLiteral("first\nsecond\nthird"));
}

void TestOutputView::charactersMayBeCut()
{
    OutputView view;
    const QByteArray text = "é€😀";
    for (const char byte : text) {
        view.add(false, QByteArray(1, byte));
        view.add(true, "");
    }
    QTRY_COMPARE(view.toPlainText(), QString::fromUtf8(text));
}

void TestOutputView::errorsHaveAColour()
{
    OutputView view;
    view.add(false, "plain\n");
    view.add(true, "error");
    QTRY_COMPARE(view.document()->blockCount(), 2);
    const auto colorOf = [&](int block) {
        return view.document()->findBlockByNumber(block).begin().fragment().charFormat().foreground();
    };
    QVERIFY(colorOf(0) != colorOf(1));
}

void TestOutputView::aFloodIsBounded()
{
    OutputView view;
    for (int i = 0; i < 200'000; ++i)
        view.add(false, "line " + QByteArray::number(i) + '\n');
    QTRY_VERIFY(view.toPlainText().endsWith(QStringLiteral("line 199999\n")));
    QVERIFY(view.document()->blockCount() <= OutputView::mostLines);
    // Also without lines.
    for (int i = 0; i < 50; ++i) {
        view.add(false, QByteArray(200'000, 'x'));
        QTest::qWait(1);
    }
    view.add(false, "end");
    QTRY_VERIFY(view.toPlainText().endsWith(QStringLiteral("end")));
}

QTEST_MAIN(TestOutputView)
#include "tst_outputview.moc"
