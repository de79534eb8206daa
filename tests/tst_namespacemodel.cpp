// SPDX-License-Identifier: MIT
#include "namespacemodel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTreeView>
#include <QtTest>

#include <utility>

using namespace liaison;

namespace {

using Model = NamespaceModel;

/// Stands for the server: keeps what it is asked until the test answers.
class Server {
public:
    Ask ask()
    {
        return [this](const QByteArray &command, const Answered &answered) {
            m_asked.append(command);
            m_waiting.append(answered);
        };
    }

    QByteArrayList asked() const { return m_asked; }
    bool isAsked() const { return !m_waiting.isEmpty(); }
    void answer(const QByteArray &json) { m_waiting.takeFirst()(true, json); }
    void fail(const QByteArray &json) { m_waiting.takeFirst()(false, json); }

private:
    QByteArrayList m_asked;
    QList<Answered> m_waiting;
};

/// An overview's answer, of rows such as "x int 5".
QByteArray names(const QByteArrayList &rows)
{
    QByteArrayList objects;
    for (const auto &row : rows) {
        const auto words = row.split(' ');
        objects.append("{\"name\": \"" + words[0] + "\", \"type\": \"" + words[1] + "\", \"repr\": \"" +
                       words[2] + "\"}");
    }
    return '[' + objects.join(", ") + ']';
}

/// A description's answer, of members such as "attr attribute".
QByteArray members(const QByteArrayList &rows)
{
    QByteArrayList objects;
    for (const auto &row : rows) {
        const auto words = row.split(' ');
        objects.append("{\"name\": \"" + words[0] + "\", \"kind\": \"" + words[1] + "\"}");
    }
    return "{\"type\": \"T\", \"members\": [" + objects.join(", ") + "]}";
}

QByteArrayList rowsOf(const Model &model, const QModelIndex &parent = {})
{
    QByteArrayList rows;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        QByteArrayList words;
        for (int column = 0; column < Model::ColumnCount; ++column)
            words.append(model.index(row, column, parent).data().toString().toUtf8());
        rows.append(words.join(' '));
    }
    return rows;
}

} // namespace

/// The namespace as a tree, which a server fills when it is asked to.
class TestNamespaceModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void asksForNames();
    void asksOnceAtATime();
    void merges_data();
    void merges();
    void whatChangesIsSaid();
    void asksForMembersWhenUnfolded();
    void membersAreAskedAgainOfWhatChanged();
    void namesThatAreNone();
    void lateAnswersDoNoHarm();
    void says_data();
    void says();
    void aFailedDescriptionEnds();
    void answersMayComeAtOnce();
    void staysUnfoldedInAView();
    void keepsTheRulesOfModels();
};

void TestNamespaceModel::asksForNames()
{
    Server server;
    Model model(server.ask());
    QVERIFY(!server.isAsked());
    model.refresh();
    QCOMPARE(server.asked(),
             QByteArrayList{R"({"command": "run", "args": ["liaison.companion._overview:overview", )"
                            R"("$companion.namespace"]})"});
    const QByteArrayList rows = {"x int 5", "obj pkg.Class <obj>"};
    server.answer(names(rows));
    QCOMPARE(rowsOf(model), rows);
    QCOMPARE(model.index(1, Model::ValueColumn)
                 .data(Qt::ToolTipRole)
                 .toString()
                 .count(QStringLiteral("&lt;obj&gt;")),
             1);
    QCOMPARE(model.headerData(1, Qt::Horizontal).toString(), QStringLiteral("Type"));
}

void TestNamespaceModel::asksOnceAtATime()
{
    Server server;
    Model model(server.ask());
    model.refresh();
    model.refresh();
    QCOMPARE(server.asked().size(), 1);
    server.answer("[]");
    model.refresh();
    QCOMPARE(server.asked().size(), 2);
    server.fail("[]");
    model.refresh();
    QCOMPARE(server.asked().size(), 3);
}

void TestNamespaceModel::merges_data()
{
    QTest::addColumn<QByteArrayList>("before");
    QTest::addColumn<QByteArrayList>("after");
    const auto row = [](const char *name, const QByteArrayList &before, const QByteArrayList &after) {
        QTest::newRow(name) << before << after;
    };
    row("nothing to nothing", {}, {});
    row("the same", {"a int 1", "b int 2"}, {"a int 1", "b int 2"});
    row("all new", {}, {"a int 1", "b int 2"});
    row("all gone", {"a int 1", "b int 2"}, {});
    row("others", {"a int 1", "b int 2"}, {"c int 1", "d int 2"});
    row("one more at the end", {"a int 1"}, {"a int 1", "b int 2"});
    row("more at the start and between", {"a int 1", "b int 2"},
        {"x int 0", "y int 0", "a int 1", "z int 0", "b int 2"});
    row("some gone", {"a int 1", "b int 2", "c int 3", "d int 4", "e int 5"}, {"b int 2", "e int 5"});
    row("another order", {"a int 1", "b int 2", "c int 3"}, {"c int 3", "a int 1", "b int 2"});
    row("reversed", {"a int 1", "b int 2", "c int 3", "d int 4"},
        {"d int 4", "c int 3", "b int 2", "a int 1"});
    row("everything at once", {"a int 1", "b int 2", "c int 3", "d int 4"},
        {"d int 4", "x int 0", "b str '2'", "a int 1", "y int 0"});
}

void TestNamespaceModel::merges()
{
    QFETCH(QByteArrayList, before);
    QFETCH(QByteArrayList, after);
    Server server;
    Model model(server.ask());
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.refresh();
    server.answer(names(before));
    QHash<QString, QPersistentModelIndex> kept;
    for (int row = 0; row < model.rowCount(); ++row)
        kept.insert(model.target(model.index(row, 0)), model.index(row, 0));
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    // The tester unfolds rows, too.
    while (server.isAsked())
        server.answer(members({"m attribute"}));
    model.refresh();
    server.answer(names(after));
    QCOMPARE(rowsOf(model), after);
    QVERIFY(reset.isEmpty());
    for (int row = 0; row < model.rowCount(); ++row) {
        const auto target = model.target(model.index(row, 0));
        if (kept.contains(target))
            QCOMPARE(kept.take(target), QPersistentModelIndex(model.index(row, 0)));
    }
    for (const auto &gone : std::as_const(kept))
        QVERIFY(!gone.isValid());
}

void TestNamespaceModel::whatChangesIsSaid()
{
    Server server;
    Model model(server.ask());
    model.refresh();
    server.answer(names({"a int 1", "b int 2", "c int 3"}));
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
    model.refresh();
    server.answer(names({"a int 1", "b int 5", "c int 3"}));
    QCOMPARE(changed.size(), 1);
    QCOMPARE(changed[0][0].toModelIndex().row(), 1);
    QVERIFY(inserted.isEmpty() && removed.isEmpty());
}

void TestNamespaceModel::asksForMembersWhenUnfolded()
{
    Server server;
    Model model(server.ask());
    model.refresh();
    server.answer(names({"obj pkg.Class <obj>"}));
    const auto object = model.index(0, 0);
    QVERIFY(model.hasChildren(object) && model.canFetchMore(object));
    QCOMPARE(server.asked().size(), 1);
    model.fetchMore(object);
    QCOMPARE(server.asked().last(), QByteArray(R"({"command": "describe", "args": ["obj"]})"));
    QVERIFY(!model.canFetchMore(object));
    server.answer(members({"attr attribute", "method method", "attr attribute"}));
    QCOMPARE(rowsOf(model, object), (QByteArrayList{"attr attribute ", "method method "}));
    const auto attribute = model.index(0, 0, object);
    QCOMPARE(model.target(attribute), QStringLiteral("obj.attr"));
    QVERIFY(!model.hasChildren(model.index(1, 0, object)));
    model.fetchMore(attribute);
    QCOMPARE(server.asked().last(), QByteArray(R"({"command": "describe", "args": ["obj.attr"]})"));
    server.answer(members({}));
    QVERIFY(!model.hasChildren(attribute));
    QCOMPARE(model.targets(),
             (QStringList{QStringLiteral("obj"), QStringLiteral("obj.attr"), QStringLiteral("obj.method")}));
}

void TestNamespaceModel::membersAreAskedAgainOfWhatChanged()
{
    Server server;
    Model model(server.ask());
    model.refresh();
    server.answer(names({"a T 1", "b T 2"}));
    for (int row = 0; row < 2; ++row) {
        model.fetchMore(model.index(row, 0));
        server.answer(members({"x attribute"}));
    }
    model.refresh();
    server.answer(names({"a T 1", "b T 3"}));
    QCOMPARE(server.asked().last(), QByteArray(R"({"command": "describe", "args": ["b"]})"));
    QCOMPARE(server.asked().size(), 5);
    QCOMPARE(model.rowCount(model.index(1, 0)), 1);
    server.answer(members({"y attribute", "x attribute"}));
    QCOMPARE(rowsOf(model, model.index(1, 0)), (QByteArrayList{"y attribute ", "x attribute "}));
}

void TestNamespaceModel::namesThatAreNone()
{
    Server server;
    Model model(server.ask());
    model.refresh();
    server.answer(
        R"([{"name": "a \"b\"", "type": "int", "repr": "5"}, {"name": "é", "type": "int", "repr": "5"}])");
    QCOMPARE(model.target(model.index(0, 0)), QStringLiteral("companion.namespace[\"a \\\"b\\\"\"]"));
    QCOMPARE(model.target(model.index(1, 0)), QString::fromUtf8("é"));
    QCOMPARE(model.target({}), QString());
}

void TestNamespaceModel::lateAnswersDoNoHarm()
{
    Server server;
    auto model = std::make_unique<Model>(server.ask());
    model->refresh();
    server.answer(names({"a T 1", "b T 2"}));
    model->fetchMore(model->index(0, 0));
    model->refresh();
    model->clear();
    QCOMPARE(model->rowCount(), 0);
    model->refresh();
    QCOMPARE(server.asked().size(), 4);
    server.answer(members({"x attribute"})); // of a row that is gone
    server.answer(names({"old T 1"}));       // to before clear()
    QCOMPARE(model->rowCount(), 0);
    server.answer(names({"new T 1"}));
    QCOMPARE(rowsOf(*model), QByteArrayList{"new T 1"});
    model->fetchMore(model->index(0, 0));
    model->refresh();
    model.reset();
    server.answer(members({"x attribute"}));
    server.answer(names({"late T 1"}));
    QVERIFY(!server.isAsked());
}

void TestNamespaceModel::says_data()
{
    QTest::addColumn<bool>("isSuccess");
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("a traceback") << false
                                 << QByteArray(
                                        R"(["Traceback (most recent call last):\n", "ValueError: no\n"])")
                                 << "The namespace could not be read: ValueError: no";
    QTest::newRow("an error of another form")
        << false << QByteArray("\"closed\"") << "The namespace could not be read: \"closed\"";
    QTest::newRow("another answer")
        << true << QByteArray("5") << "The namespace could not be read: the answer must be an array of names";
    QTest::newRow("an answer that is no JSON")
        << true << QByteArray("oops")
        << "The namespace could not be read: the answer must be an array of names";
}

void TestNamespaceModel::says()
{
    QFETCH(bool, isSuccess);
    QFETCH(QByteArray, json);
    QFETCH(QString, sentence);
    Server server;
    Model model(server.ask());
    model.refresh();
    server.answer(names({"a T 1"}));
    QSignalSpy failed(&model, &Model::failed);
    model.refresh();
    isSuccess ? server.answer(json) : server.fail(json);
    QCOMPARE(failed.size(), 1);
    QCOMPARE(failed[0][0].toString(), sentence);
    QCOMPARE(rowsOf(model), QByteArrayList{"a T 1"});
}

void TestNamespaceModel::aFailedDescriptionEnds()
{
    Server server;
    Model model(server.ask());
    model.refresh();
    server.answer(names({"a T 1"}));
    QSignalSpy failed(&model, &Model::failed);
    model.fetchMore(model.index(0, 0));
    server.fail(R"(["AttributeError: gone\n"])");
    QCOMPARE(failed.takeFirst()[0].toString(),
             QStringLiteral("a could not be described: AttributeError: gone"));
    // A view would ask for ever.
    QVERIFY(!model.canFetchMore(model.index(0, 0)));
    QVERIFY(!model.hasChildren(model.index(0, 0)));
}

void TestNamespaceModel::answersMayComeAtOnce()
{
    Model model([](const QByteArray &command, const Answered &answered) {
        answered(true, command.contains("describe") ? members({"x attribute"}) : names({"a T 1"}));
    });
    model.refresh();
    model.fetchMore(model.index(0, 0));
    QCOMPARE(model.rowCount(model.index(0, 0)), 1);
    model.refresh();
    QCOMPARE(model.rowCount(), 1);
}

void TestNamespaceModel::staysUnfoldedInAView()
{
    Server server;
    Model model(server.ask());
    QTreeView view;
    view.setModel(&model);
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    model.refresh();
    server.answer(names({"a T 1", "b T 2"}));
    QCOMPARE(server.asked().size(), 1);
    view.expand(model.index(1, 0));
    QTRY_COMPARE(server.asked().last(), QByteArray(R"({"command": "describe", "args": ["b"]})"));
    server.answer(members({"x attribute"}));
    QTRY_VERIFY(!view.visualRect(model.index(0, 0, model.index(1, 0))).isEmpty());
    model.refresh();
    server.answer(names({"new T 0", "b T 2"}));
    QVERIFY(view.isExpanded(model.index(1, 0)));
    QCOMPARE(server.asked().size(), 3);
}

void TestNamespaceModel::keepsTheRulesOfModels()
{
    Server server;
    Model model(server.ask());
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.refresh();
    server.answer(names({"a T 1", "b T 2"}));
    model.fetchMore(model.index(0, 0));
    while (server.isAsked())
        server.answer(members({"x function", "y function"}));
    QCOMPARE(model.index(1, 0, model.index(0, 0)).parent(), model.index(0, 0));
    QCOMPARE(model.index(0, 0).parent(), QModelIndex());
    QVERIFY(!model.index(0, 0, model.index(0, 1)).isValid());
    model.clear();
}

QTEST_MAIN(TestNamespaceModel)
#include "tst_namespacemodel.moc"
