// SPDX-License-Identifier: MIT
#include "window.h"

#include "callsview.h"
#include "commandedit.h"
#include "consoleview.h"
#include "detailview.h"
#include "liaisonprocess.h"
#include "outputview.h"
#include "trayoptions.h"
#include "watched.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QSettings>
#include <QSignalSpy>
#include <QStatusBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QTreeView>
#include <QtTest>

using namespace liaison;

/// The whole window, with a real child or one that runs.
class TestWindow : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void callsAppear();
    void theStopButtonEndsASleep();
    void stopsWhateverRunsByKeyboard();
    void showsTheNamespace();
    void showsOutput();
    void restarts();
    void attaches();
    void savesTraffic();
    void showsActivity();
    void isRemembered();
    void manyCalls();

private:
    void open(const TrayOptions &options);
    void type(const QString &text);
    QAction *action(const char *text) const;
    QStringList column(int column) const;

    QTemporaryDir m_folder;
    TrayOptions m_options;
    std::unique_ptr<Watched> m_watched;
    std::unique_ptr<Window> m_window;
    QTableView *m_table = nullptr;
};

void TestWindow::initTestCase()
{
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
    QCoreApplication::setOrganizationName(QStringLiteral("Liaison"));
    QCoreApplication::setApplicationName(QStringLiteral("test"));
    m_options.program = QStringLiteral(LIAISON_TEST_EXECUTABLE);
    m_options.arguments = QStringList{QStringLiteral("localhost:0")};
}

void TestWindow::init()
{
    // It writes what it remembers when it ends.
    m_window.reset();
    QSettings().clear();
    open(m_options);
}

void TestWindow::open(const TrayOptions &options)
{
    m_window.reset();
    m_watched.reset();
    m_watched = std::make_unique<Watched>(options);
    m_window = std::make_unique<Window>(*m_watched);
    m_table = m_window->findChild<CallsView *>()->findChild<QTableView *>();
    m_window->show();
    m_watched->begin();
    QTRY_VERIFY(m_watched->state() == Watched::State::Watching);
}

/// Into the console.
void TestWindow::type(const QString &text)
{
    auto *edit = m_window->findChild<CommandEdit *>();
    edit->setText(text);
    QTest::keyClick(edit, Qt::Key_Return);
}

QAction *TestWindow::action(const char *text) const
{
    for (auto *action : m_window->findChildren<QAction *>()) {
        if (action->text() == QLatin1String(text))
            return action;
    }
    return nullptr;
}

QStringList TestWindow::column(int column) const
{
    QStringList texts;
    const auto *model = m_table->model();
    for (int row = 0; row < model->rowCount(); ++row)
        texts.append(model->index(row, column).data().toString());
    return texts;
}

void TestWindow::callsAppear()
{
    type(QStringLiteral("run math:hypot 3 4"));
    type(QStringLiteral("run math:sqrt -1"));
    type(QStringLiteral("get builtins:len"));
    QTRY_COMPARE(column(CallModel::State),
                 (QStringList{QStringLiteral("done"), QStringLiteral("ValueError"), QStringLiteral("done")}));
    QCOMPARE(column(CallModel::Target),
             (QStringList{QStringLiteral("builtins:len"), QStringLiteral("math:sqrt"),
                          QStringLiteral("math:hypot")}));
    QVERIFY(m_window->findChild<ConsoleView *>()->transcript().contains(QStringLiteral("5.0\n")));
    m_table->selectRow(1);
    QVERIFY(m_window->findChild<DetailView *>()->traceback().contains(QStringLiteral("math domain error")));
    auto *filter = m_window->findChild<CallsView *>()->findChild<QLineEdit *>();
    filter->setText(QStringLiteral("hypot"));
    QTRY_COMPARE(m_table->model()->rowCount(), 1);
}

void TestWindow::theStopButtonEndsASleep()
{
    type(QStringLiteral("run time:sleep 60"));
    type(QStringLiteral("run math:hypot 3 4"));
    // Those that run, or wait, are at the top.
    QTRY_COMPARE(m_table->model()->rowCount(), 2);
    QCOMPARE(column(CallModel::State), (QStringList{QStringLiteral("running"), QStringLiteral("running")}));
    const auto rect = m_table->visualRect(m_table->model()->index(1, CallModel::State));
    QCOMPARE(m_table->model()->index(1, CallModel::Target).data().toString(), QStringLiteral("time:sleep"));
    QTest::mouseClick(m_table->viewport(), Qt::LeftButton, {}, {rect.right() - 10, rect.center().y()});
    QTRY_COMPARE(column(CallModel::State),
                 (QStringList{QStringLiteral("done"), QStringLiteral("KeyboardInterrupt")}));
}

void TestWindow::stopsWhateverRunsByKeyboard()
{
    type(QStringLiteral("run time:sleep 60"));
    QTRY_COMPARE(column(CallModel::State), QStringList{QStringLiteral("running")});
    QTRY_VERIFY(action("&Stop Call")->isEnabled());
    action("&Stop Call")->trigger();
    QTRY_COMPARE(column(CallModel::State), QStringList{QStringLiteral("KeyboardInterrupt")});
}

void TestWindow::showsTheNamespace()
{
    type(QStringLiteral("init pi_ish fractions:Fraction 22 7"));
    auto *tree = m_window->findChild<QTreeView *>(QStringLiteral("namespace"));
    QVERIFY(tree);
    const auto rowOf = [&](const QString &name) {
        const auto found =
            tree->model()->match(tree->model()->index(0, 0), Qt::DisplayRole, name, 1, Qt::MatchExactly);
        return found.isEmpty() ? QModelIndex() : found.first();
    };
    QTRY_VERIFY(rowOf(QStringLiteral("pi_ish")).isValid());
    const auto index = rowOf(QStringLiteral("pi_ish"));
    QCOMPARE(index.siblingAtColumn(NamespaceModel::TypeColumn).data().toString(),
             QStringLiteral("fractions.Fraction"));
    tree->expand(index);
    QTRY_VERIFY(tree->model()->rowCount(index) > 3);
    // What it has can be completed.
    auto *edit = m_window->findChild<CommandEdit *>();
    edit->setText(QStringLiteral("get "));
    QTest::keyClicks(edit, QStringLiteral("pi_ish.num"));
    QTest::keyClick(edit, Qt::Key_Tab);
    QCOMPARE(edit->text(), QStringLiteral("get pi_ish.numerator"));
}

void TestWindow::showsOutput()
{
    type(QStringLiteral("run builtins:print \"hello there\""));
    auto *output = m_window->findChild<OutputView *>();
    QTRY_COMPARE(output->toPlainText(), QStringLiteral("hello there\n"));
    type(QStringLiteral("run sys:stderr.write \"oh no\""));
    QTRY_COMPARE(output->toPlainText(), QStringLiteral("hello there\noh no"));
}

void TestWindow::restarts()
{
    type(QStringLiteral("store x 5"));
    QTRY_COMPARE(column(CallModel::State), QStringList{QStringLiteral("done")});
    type(QStringLiteral("run time:sleep 60"));
    QTRY_COMPARE(m_table->model()->rowCount(), 2);
    QVERIFY(!action("&Start")->isEnabled());
    action("&Restart")->trigger();
    QTRY_VERIFY(m_watched->state() != Watched::State::Watching);
    QTRY_VERIFY(m_watched->state() == Watched::State::Watching);
    QTRY_VERIFY(!column(CallModel::State).contains(QStringLiteral("running")));
    type(QStringLiteral("exists x"));
    QTRY_VERIFY(m_window->findChild<ConsoleView *>()->transcript().endsWith(QStringLiteral("\nfalse")));
    action("S&top")->trigger();
    QTRY_VERIFY(m_watched->state() == Watched::State::Stopped);
    QVERIFY(action("&Start")->isEnabled());
    QVERIFY(!action("S&top")->isEnabled());
    action("&Start")->trigger();
    QTRY_VERIFY(m_watched->state() == Watched::State::Watching);
}

void TestWindow::attaches()
{
    const LiaisonProcess liaison({QStringLiteral("--stream-output")});
    TrayOptions options;
    options.attachTo = liaison.address();
    open(options);
    for (const char *name : {"&Start", "S&top", "&Restart"})
        QVERIFY(!action(name)->isEnabled());
    Connection other;
    other.open(liaison.peer());
    QTRY_VERIFY(other.isOpen());
    other.send(R"({"command": {"command": "run", "args": ["builtins:print", "from afar"]}, "id": 1})", "1",
               [](bool, const QByteArray &) {});
    QTRY_VERIFY(column(CallModel::Target).contains(QStringLiteral("builtins:print")));
    QTRY_COMPARE(m_window->findChild<OutputView *>()->toPlainText(), QStringLiteral("from afar\n"));
}

void TestWindow::savesTraffic()
{
    type(QStringLiteral("run math:hypot 3 4"));
    QTRY_COMPARE(column(CallModel::State), QStringList{QStringLiteral("done")});
    const auto path = m_folder.filePath(QStringLiteral("traffic.jsonl"));
    m_window->saveTo(path);
    QTRY_VERIFY(QFile::exists(path));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto line = QJsonDocument::fromJson(file.readAll()).object();
    QCOMPARE(line.value(QLatin1String("answer")).toObject().value(QLatin1String("response")), QJsonValue(5));
    QTRY_VERIFY(m_window->statusBar()->currentMessage().contains(path));
}

void TestWindow::showsActivity()
{
    QTRY_VERIFY(m_window->activity() == Activity::Idle);
    type(QStringLiteral("run time:sleep 60"));
    QTRY_VERIFY(m_window->activity() == Activity::Busy);
    action("&Stop Call")->trigger();
    QTRY_VERIFY(m_window->activity() == Activity::Error);
}

void TestWindow::isRemembered()
{
    m_window->resize(1100, 700);
    type(QStringLiteral("run math:hypot 3 4"));
    m_window->close();
    open(m_options);
    QCOMPARE(m_window->size(), QSize(1100, 700));
    QCOMPARE(m_window->findChild<CommandEdit *>()->history(),
             QStringList{QStringLiteral("run math:hypot 3 4")});
}

void TestWindow::manyCalls()
{
    // All sorts of calls, much faster than a person reads.
    Connection other;
    other.open(m_watched->connection().isOpen()
                   ? Peer{QUrl(QStringLiteral("ws://") + m_watched->address()), {}, {}}
                   : Peer());
    QTRY_VERIFY(other.isOpen());
    constexpr int count = int(CallModel::mostCalls) + 2000;
    constexpr int inFlight = 500;
    int sent = 0;
    int answered = 0;
    std::function<void()> send = [&] {
        const auto id = QByteArray::number(++sent);
        other.send("{\"command\": {\"command\": \"run\", \"args\": [\"math:hypot\", 3, 4]}, \"id\": " + id +
                       ", \"echo\": \"id\"}",
                   id, [&](bool, const QByteArray &) {
                       ++answered;
                       if (sent < count)
                           send();
                   });
    };
    for (int i = 0; i < inFlight; ++i)
        send();
    QTRY_COMPARE_WITH_TIMEOUT(answered, count, 90'000);
    QTRY_COMPARE_WITH_TIMEOUT(std::size_t(m_table->model()->rowCount()), CallModel::mostCalls, 20'000);
    QTRY_VERIFY(!column(CallModel::State).contains(QStringLiteral("running")));
    // It is still there for a person.
    type(QStringLiteral("get builtins:len"));
    QTRY_COMPARE(m_table->model()->index(0, CallModel::Target).data().toString(),
                 QStringLiteral("builtins:len"));
}

QTEST_MAIN(TestWindow)
#include "tst_window.moc"
