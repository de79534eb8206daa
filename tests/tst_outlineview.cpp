// SPDX-License-Identifier: MIT
#include "outlineview.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QTreeView>
#include <QtTest>

using namespace liaison;

/// A text is shown as a tree and can be copied.
class TestOutlineView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void showsAText();
    void copies();
    void longTextsAreShownWhenAskedFor();
    void saysWhyThereIsNothing();
};

void TestOutlineView::showsAText()
{
    OutlineView view(QStringLiteral("Answer"));
    view.setText(R"({"a": {"b": [1, 2.50]}, "c": 12345678901234567890123})");
    view.show();
    auto *tree = view.findChild<QTreeView *>();
    QVERIFY(tree->isVisible());
    const auto *model = tree->model();
    QCOMPARE(model->rowCount(tree->rootIndex()) > 0, true);
    // Folded and unfolded by the keyboard.
    const auto first = model->index(0, 0);
    tree->setCurrentIndex(first);
    const bool wasExpanded = tree->isExpanded(first);
    QTest::keyClick(tree, wasExpanded ? Qt::Key_Left : Qt::Key_Right);
    QCOMPARE(tree->isExpanded(first), !wasExpanded);
}

void TestOutlineView::copies()
{
    OutlineView view(QStringLiteral("Answer"));
    view.setText(R"({"b":1,"a":2.50})");
    auto *tree = view.findChild<QTreeView *>();
    view.show();
    view.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&view));
    const auto root = tree->model()->index(0, 0);
    const auto inner =
        tree->model()->hasChildren(root) ? tree->model()->index(1, 0, root) : tree->model()->index(1, 0);
    tree->setCurrentIndex(inner);
    tree->setFocus();
    QTest::keySequence(tree, QKeySequence::Copy);
    QTRY_COMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("2.50"));
}

void TestOutlineView::longTextsAreShownWhenAskedFor()
{
    OutlineView view(QStringLiteral("Answer"));
    view.show();
    const auto text = "[\"" + QByteArray(OutlineView::longestAtOnce, 'x') + "\", 5]";
    view.setText(text);
    auto *tree = view.findChild<QTreeView *>();
    QVERIFY(!tree->isVisible());
    QCOMPARE(view.text(), text);
    auto *label = view.findChild<QLabel *>();
    QVERIFY(label->text().contains(QStringLiteral("2.1 MB")));
    // By keyboard: to the link, and through it.
    view.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&view));
    label->setFocus();
    QTest::keyClick(label, Qt::Key_Tab);
    QTest::keyClick(label, Qt::Key_Return);
    QTRY_VERIFY(tree->isVisible());
    QCOMPARE(tree->model()->rowCount(), 2);
}

void TestOutlineView::saysWhyThereIsNothing()
{
    OutlineView view(QStringLiteral("Answer"));
    view.show();
    view.setText("[1]");
    view.setNothing(QStringLiteral("There is no answer yet."));
    QVERIFY(!view.findChild<QTreeView *>()->isVisible());
    bool isSaid = false;
    for (const auto *label : view.findChildren<QLabel *>())
        isSaid = isSaid || (label->isVisible() && label->text() == QStringLiteral("There is no answer yet."));
    QVERIFY(isSaid);
    QCOMPARE(view.text(), QByteArray());
}

QTEST_MAIN(TestOutlineView)
#include "tst_outlineview.moc"
