// SPDX-License-Identifier: MIT
#include "consoleview.h"

#include "commandedit.h"
#include "connection.h"
#include "liaisonprocess.h"

#include <QtTest>

using namespace liaison;

/// What a person types is answered.
class TestConsoleView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void answers_data();
    void answers();
    void faultsStayToBeMended();
    void saysThatNothingIsConnected();

private:
    static void type(ConsoleView &view, const QString &text)
    {
        view.edit().setText(text);
        QTest::keyClick(&view.edit(), Qt::Key_Return);
    }
};

void TestConsoleView::answers_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("answer");
    QTest::newRow("words") << QStringLiteral("run math:hypot 3 4") << QStringLiteral("5.0");
    QTest::newRow("JSON") << QStringLiteral(R"({"command": "run", "args": ["builtins:divmod", 7, 2]})")
                          << QStringLiteral("[\n  3,\n  1\n]");
    QTest::newRow("an error") << QStringLiteral("run math:sqrt -1")
                              << QStringLiteral("ValueError: math domain error");
    QTest::newRow("digits") << QStringLiteral("run operator:add 12345678901234567890123 0")
                            << QStringLiteral("12345678901234567890123");
    QTest::newRow("a message with an id of its own")
        << QStringLiteral(R"({"command": {"command": "ping"}, "id": {"a": 1}})")
        << QStringLiteral("\"pong\"");
}

void TestConsoleView::answers()
{
    QFETCH(QString, typed);
    QFETCH(QString, answer);
    const LiaisonProcess liaison;
    Connection connection;
    connection.open(liaison.peer());
    QTRY_VERIFY(connection.isOpen());
    ConsoleView view(connection);
    type(view, typed);
    QTRY_COMPARE(view.transcript(), QStringLiteral("> %1\n%2").arg(typed, answer));
    QCOMPARE(view.edit().text(), QString());
    QCOMPARE(view.edit().history(), QStringList{typed});
}

void TestConsoleView::faultsStayToBeMended()
{
    Connection connection;
    ConsoleView view(connection);
    const auto typed = QStringLiteral("run f [1, 2");
    type(view, typed);
    QCOMPARE(view.edit().text(), typed);
    QVERIFY(view.transcript().startsWith(QStringLiteral("> run f [1, 2\n")));
    QVERIFY(view.transcript().size() > typed.size() + 5);
}

void TestConsoleView::saysThatNothingIsConnected()
{
    Connection connection;
    ConsoleView view(connection);
    type(view, QStringLiteral("ping"));
    QCOMPARE(view.transcript(), QStringLiteral("> ping\nnothing is connected"));
}

QTEST_MAIN(TestConsoleView)
#include "tst_consoleview.moc"
