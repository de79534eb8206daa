// SPDX-License-Identifier: MIT
#include "commandedit.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QSignalSpy>
#include <QVBoxLayout>
#include <QtTest>

using namespace liaison;

/// The line in which commands are typed, worked by its keys.
class TestCommandEdit : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void enterSubmits();
    void upAndDownWalkThroughHistory();
    void theDraftComesBack();
    void historyIsBounded();
    void completes_data();
    void completes();
    void offersOnlyWhatHelps_data();
    void offersOnlyWhatHelps();
    void theKeyboardChooses();
    void enterSubmitsWhatNobodyCompleted();
    void escapeClosesWhatIsOffered();
    void tabGoesOn();
    void completionCanBeUndone();

private:
    void type(const char *text) { QTest::keyClicks(m_edit, QString::fromUtf8(text)); }
    /// As a keyboard does it: to what is offered, if anything is.
    void press(Qt::Key key)
    {
        QTest::keyClick(popup()->isVisible() ? static_cast<QWidget *>(popup()) : m_edit, key);
    }
    QAbstractItemView *popup() const { return m_edit->findChild<QCompleter *>()->popup(); }

    std::unique_ptr<QWidget> m_window;
    CommandEdit *m_edit = nullptr;
    QLineEdit *m_next = nullptr;
};

void TestCommandEdit::init()
{
    m_window = std::make_unique<QWidget>();
    auto *const layout = new QVBoxLayout(m_window.get());
    m_edit = new CommandEdit;
    m_next = new QLineEdit;
    layout->addWidget(m_edit);
    layout->addWidget(m_next);
    m_edit->setCommands({QStringLiteral("run"), QStringLiteral("register"), QStringLiteral("get")});
    m_edit->setTargets({QStringLiteral("obj.attr"), QStringLiteral("obj"), QStringLiteral("other"),
                        QStringLiteral("obj.attr.deep"), QStringLiteral("run_all")});
    m_window->show();
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    m_edit->setFocus();
    QTRY_VERIFY(m_edit->hasFocus());
}

void TestCommandEdit::cleanup()
{
    m_window.reset();
}

void TestCommandEdit::enterSubmits()
{
    QSignalSpy submitted(m_edit, &CommandEdit::submitted);
    press(Qt::Key_Return);
    type("  ");
    press(Qt::Key_Return);
    QVERIFY(submitted.isEmpty());
    type("get x");
    press(Qt::Key_Enter);
    QCOMPARE(submitted.size(), 1);
    QCOMPARE(submitted[0][0].toString(), QStringLiteral("  get x"));
    QCOMPARE(m_edit->text(), QString());
    QCOMPARE(m_edit->history(), QStringList{QStringLiteral("  get x")});
}

void TestCommandEdit::upAndDownWalkThroughHistory()
{
    for (const char *command : {"one 1", "two 2", "two 2", "one 1"}) {
        type(command);
        press(Qt::Key_Return);
    }
    QCOMPARE(m_edit->history().size(), 3);
    for (const char *command : {"one 1", "two 2", "one 1", "one 1"}) {
        press(Qt::Key_Up);
        QCOMPARE(m_edit->text(), QString::fromUtf8(command));
    }
    press(Qt::Key_Down);
    QCOMPARE(m_edit->text(), QStringLiteral("two 2"));
    press(Qt::Key_Return);
    QCOMPARE(m_edit->history().size(), 4);
    press(Qt::Key_Up);
    QCOMPARE(m_edit->text(), QStringLiteral("two 2"));
}

void TestCommandEdit::theDraftComesBack()
{
    m_edit->setHistory({QStringLiteral("old")});
    type("a draft");
    press(Qt::Key_Down);
    QCOMPARE(m_edit->text(), QStringLiteral("a draft"));
    press(Qt::Key_Up);
    press(Qt::Key_Up);
    QCOMPARE(m_edit->text(), QStringLiteral("old"));
    press(Qt::Key_Down);
    QCOMPARE(m_edit->text(), QStringLiteral("a draft"));
}

void TestCommandEdit::historyIsBounded()
{
    QStringList commands;
    for (int i = 0; i < 1100; ++i)
        commands.append(QString::number(i));
    m_edit->setHistory(QStringList{QString(), QStringLiteral("0"), QStringLiteral("0")} + commands);
    QCOMPARE(m_edit->history(), commands.last(1000));
    type("new 1");
    press(Qt::Key_Return);
    QCOMPARE(m_edit->history(), commands.last(999) + QStringList{QStringLiteral("new 1")});
}

void TestCommandEdit::completes_data()
{
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("after");
    QTest::addColumn<QString>("line");
    const auto row = [](const char *name, const char *before, const char *typed, const char *after,
                        const char *line) {
        QTest::newRow(name) << QString::fromUtf8(before) << QString::fromUtf8(typed)
                            << QString::fromUtf8(after) << QString::fromUtf8(line);
    };
    row("a command", "", "ru", "", "run");
    row("a command behind blanks", "  ", "reg", "", "  register");
    row("a command before arguments", "", "ru", " f 1", "run f 1");
    row("a target", "run ", "oth", "", "run other");
    row("a target that begins as a command", "get ", "ru", "", "get run_all");
    row("an attribute", "get ", "obj.a", "", "get obj.attr");
    row("an attribute's attribute", "get ", "obj.attr.", "", "get obj.attr.deep");
    row("a reference", "run f $", "ot", "", "run f $other");
    row("in brackets", "run f [1, ", "ot", "]", "run f [1, other]");
    row("behind an equals sign", "run f a=$", "obj.attr.", "", "run f a=$obj.attr.deep");
    row("among others", "run ", "oth", " 1 2", "run other 1 2");
    row("within a word", "run ", "ot", "hxx 1", "run other 1");
}

void TestCommandEdit::completes()
{
    QFETCH(QString, before);
    QFETCH(QString, typed);
    QFETCH(QString, after);
    QFETCH(QString, line);
    m_edit->setText(before + after);
    m_edit->setCursorPosition(int(before.size()));
    QTest::keyClicks(m_edit, typed);
    QTRY_VERIFY(popup()->isVisible());
    press(Qt::Key_Tab);
    QCOMPARE(m_edit->text(), line);
    QCOMPARE(m_edit->cursorPosition(), int(line.size() - after.section(QLatin1String("hxx"), -1).size()));
    QVERIFY(!popup()->isVisible());
    QVERIFY(m_edit->hasFocus());
}

void TestCommandEdit::offersOnlyWhatHelps_data()
{
    QTest::addColumn<QString>("typed");
    QTest::newRow("nothing that begins so") << "xyz";
    QTest::newRow("a whole command") << "run";
    QTest::newRow("a whole target") << "get other";
    QTest::newRow("between words") << "run ";
    QTest::newRow("behind a bracket") << "get obj[";
    QTest::newRow("behind a dollar") << "run f $";
}

void TestCommandEdit::offersOnlyWhatHelps()
{
    QFETCH(QString, typed);
    QTest::keyClicks(m_edit, typed);
    QVERIFY(!popup()->isVisible());
}

void TestCommandEdit::theKeyboardChooses()
{
    QSignalSpy submitted(m_edit, &CommandEdit::submitted);
    type("get ob");
    QTRY_VERIFY(popup()->isVisible());
    press(Qt::Key_Down);
    press(Qt::Key_Down);
    press(Qt::Key_Return);
    QCOMPARE(m_edit->text(), QStringLiteral("get obj.attr"));
    QVERIFY(!popup()->isVisible());
    QVERIFY(submitted.isEmpty());
    press(Qt::Key_Return);
    QCOMPARE(submitted.size(), 1);
}

void TestCommandEdit::enterSubmitsWhatNobodyCompleted()
{
    QSignalSpy submitted(m_edit, &CommandEdit::submitted);
    type("get ob");
    QTRY_VERIFY(popup()->isVisible());
    press(Qt::Key_Return);
    QCOMPARE(submitted.size(), 1);
    QCOMPARE(submitted[0][0].toString(), QStringLiteral("get ob"));
    QVERIFY(!popup()->isVisible());
}

void TestCommandEdit::escapeClosesWhatIsOffered()
{
    type("get ob");
    QTRY_VERIFY(popup()->isVisible());
    press(Qt::Key_Escape);
    QVERIFY(!popup()->isVisible());
    QCOMPARE(m_edit->text(), QStringLiteral("get ob"));
}

void TestCommandEdit::tabGoesOn()
{
    type("xyz");
    press(Qt::Key_Tab);
    QVERIFY(m_next->hasFocus());
    QCOMPARE(m_edit->text(), QStringLiteral("xyz"));
}

void TestCommandEdit::completionCanBeUndone()
{
    type("get oth");
    QTRY_VERIFY(popup()->isVisible());
    press(Qt::Key_Tab);
    QCOMPARE(m_edit->text(), QStringLiteral("get other"));
    m_edit->undo();
    QVERIFY(m_edit->text().startsWith(QLatin1String("get ")));
    QVERIFY(m_edit->text() != QLatin1String("get other"));
}

QTEST_MAIN(TestCommandEdit)
#include "tst_commandedit.moc"
