// SPDX-License-Identifier: MIT
#include "outlinemodel.h"

#include <QAbstractItemModelTester>
#include <QScrollBar>
#include <QTreeView>
#include <QtTest>

using namespace liaison;

namespace {

using Model = OutlineModel;

void fetchAll(Model &model, const QModelIndex &parent = {})
{
    while (model.canFetchMore(parent))
        model.fetchMore(parent);
    for (int row = 0; row < model.rowCount(parent); ++row)
        fetchAll(model, model.index(row, 0, parent));
}

QString shown(const QModelIndex &index, int column)
{
    return index.siblingAtColumn(column).data().toString();
}

/// A line for each row: its name, its value and its children in brackets.
QStringList linesOf(const Model &model, const QModelIndex &parent = {}, const QString &indentation = {})
{
    QStringList lines;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const auto index = model.index(row, 0, parent);
        lines.append(indentation + shown(index, Model::NameColumn) + QStringLiteral(" = ") +
                     shown(index, Model::ValueColumn));
        lines.append(linesOf(model, index, indentation + QStringLiteral("  ")));
    }
    return lines;
}

} // namespace

/// JSON as a tree: nothing is lost of it, and nothing is made before it is looked at.
class TestOutlineModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void shows_data();
    void shows();
    void shortensWhatIsLong();
    void tellsTheWholeText();
    void copiesWhatWasWritten();
    void makesRowsWhenAsked();
    void aViewGetsMoreAtTheLastRow();
    void depthCostsNoRecursion();
    void keepsTheRulesOfModels();
    void prettyPrints_data();
    void prettyPrints();
    void prettyPrintingIsLinear();
};

void TestOutlineModel::shows_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QStringList>("lines");
    const auto row = [](const char *name, const QByteArray &json, const QByteArray &lines) {
        QTest::newRow(name) << json << QString::fromUtf8(lines).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    };
    row("nothing", "", "");
    row("a number", " 5 ", " = 5");
    row("a string", R"("a\nb")", R"( = "a\nb")");
    row("an empty object", "{ }", " = {0}");
    row("an empty array", "[]", " = [0]");
    row("keys in their order, twice where they are", R"({"b": 1, "a": 2, "b": 3})", "b = 1\na = 2\nb = 3");
    row("elements are counted from 0", "[true, null]", "0 = true\n1 = null");
    row("every digit", "[123456789012345678901234567890, 1.0, 1e3, -0.10, 1E400]",
        "0 = 123456789012345678901234567890\n1 = 1.0\n2 = 1e3\n3 = -0.10\n4 = 1E400");
    row("what is no number", "[NaN, Infinity, -Infinity]", "0 = NaN\n1 = Infinity\n2 = -Infinity");
    row("lone surrogates", R"(["\ud800"])", R"(0 = "\ud800")");
    row("beyond ASCII", "{\"é\": \"€😀\"}", "é = \"€😀\"");
    row("an escaped key", R"({"\u0061\"b": 1})", "a\"b = 1");
    row("containers tell what is in them", R"({"a": {"x": [1,
         2], "y": {}}, "b": []})",
        "a = {2} \"x\": [1, 2], \"y\": {}\n  x = [2] 1, 2\n    0 = 1\n    1 = 2\n  y = {0}\nb = [0]");
    row("text that is no JSON", "[1, oops", " = [1, oops");
    row("text that begins as a string", "\"oops", " = \"oops");
}

void TestOutlineModel::shows()
{
    QFETCH(QByteArray, json);
    QFETCH(QStringList, lines);
    Model model;
    model.setText("[0]");
    model.setText(json);
    fetchAll(model);
    QCOMPARE(linesOf(model), lines);
}

void TestOutlineModel::shortensWhatIsLong()
{
    const auto word = QByteArray("é").repeated(200'000);
    Model model;
    model.setText("{\"" + word + "\": \"" + word + "\", \"n\": " + QByteArray(5000, '1') + ", \"a\": [\"" +
                  word + "\"]}");
    fetchAll(model);
    for (int row = 0; row < 3; ++row) {
        const auto value = shown(model.index(row, 0), Model::ValueColumn);
        QVERIFY2(value.size() < 400 && value.contains(QChar(0x2026)), qPrintable(value));
        QVERIFY(!value.contains(QChar::ReplacementCharacter));
        QVERIFY(model.index(row, 1).data(Qt::ToolTipRole).toString().size() < 5000);
    }
    QVERIFY(shown(model.index(0, 0), Model::ValueColumn).endsWith(QString::fromUtf8("é…\"")));
    QVERIFY(shown(model.index(0, 0), Model::NameColumn).size() < 400);
    model.setText(word);
    QVERIFY(shown(model.index(0, 0), Model::ValueColumn).size() < 400);
}

void TestOutlineModel::tellsTheWholeText()
{
    const auto line = QByteArray("<b>ValueError</b>\\n").repeated(1000);
    Model model;
    model.setText("[\"" + line + "\", [1,  2]]");
    fetchAll(model);
    QCOMPARE(model.index(0, 1).data(Model::FullTextRole).toString(),
             QStringLiteral("<b>ValueError</b>\n").repeated(1000));
    QCOMPARE(model.index(1, 1).data(Model::FullTextRole).toString(), QStringLiteral("[1,  2]"));
    QVERIFY(
        model.index(0, 1).data(Qt::ToolTipRole).toString().contains(QLatin1String("&lt;b&gt;ValueError")));
}

void TestOutlineModel::copiesWhatWasWritten()
{
    const QByteArray json = R"( {"a": [1.0,  {"b":"\u0061"}]} )";
    Model model;
    model.setText(json);
    fetchAll(model);
    const auto array = model.index(0, 0);
    QCOMPARE(model.textOf({}), json.trimmed());
    QCOMPARE(model.textOf(array), QByteArray(R"([1.0,  {"b":"\u0061"}])"));
    QCOMPARE(model.textOf(model.index(0, 1, array)), QByteArray("1.0"));
    QCOMPARE(model.textOf(model.index(0, 0, model.index(1, 0, array))), QByteArray(R"("\u0061")"));
    model.setText("no, JSON ");
    QCOMPARE(model.textOf(model.index(0, 0)), QByteArray("no, JSON "));
}

void TestOutlineModel::makesRowsWhenAsked()
{
    constexpr int count = 1'000'000;
    Model model;
    model.setText("{\"response\": [0" + QByteArray(",0").repeated(count - 1) + "]}");
    QCOMPARE(model.rowCount(), 0);
    QVERIFY(model.hasChildren() && model.canFetchMore({}));
    model.fetchMore({});
    QVERIFY(!model.canFetchMore({}));
    const auto array = model.index(0, 0);
    QVERIFY(shown(array, Model::ValueColumn).startsWith(QLatin1String("[1000000] 0,0,")));
    QCOMPARE(model.rowCount(array), 0);
    QVERIFY(model.hasChildren(array));
    model.fetchMore(array);
    QCOMPARE(model.rowCount(array), int(Model::chunkSize));
    QVERIFY(model.canFetchMore(array));
    model.fetchMore(array);
    QCOMPARE(model.rowCount(array), int(2 * Model::chunkSize));
    fetchAll(model);
    QCOMPARE(model.rowCount(array), count);
    QCOMPARE(shown(model.index(count - 1, 0, array), Model::NameColumn), QStringLiteral("999999"));
}

void TestOutlineModel::aViewGetsMoreAtTheLastRow()
{
    Model model;
    model.setText("{\"response\": [0" + QByteArray(",0").repeated(99'999) + "], \"tag\": \"response\"}");
    QTreeView view;
    view.setUniformRowHeights(true);
    view.setModel(&model);
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    const auto array = model.index(0, 0);
    QVERIFY(array.isValid());
    view.expand(array);
    const auto made = model.rowCount(array);
    QVERIFY(made > 0 && made < 50'000);
    view.verticalScrollBar()->setValue(view.verticalScrollBar()->maximum());
    QTRY_VERIFY(model.rowCount(array) > made);
    QVERIFY(model.rowCount(array) < 100'000);
}

void TestOutlineModel::depthCostsNoRecursion()
{
    constexpr int depth = 2000;
    Model model;
    model.setText(QByteArray(depth, '[') + QByteArray(depth, ']'));
    QModelIndex index;
    for (int level = 1; level < depth; ++level) {
        model.fetchMore(index);
        index = model.index(0, 0, index);
        QVERIFY(index.isValid());
    }
    QCOMPARE(shown(index, Model::ValueColumn), QStringLiteral("[0]"));
    model.setText(QByteArray(1'000'000, '[') + QByteArray(1'000'000, ']'));
    model.fetchMore({});
    QCOMPARE(model.rowCount(), 1);
}

void TestOutlineModel::keepsTheRulesOfModels()
{
    Model model;
    // The tester asks for more rows while it still believes in a reset: a new one for each text.
    const auto test = [&model](const QByteArray &json) {
        model.setText(json);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        fetchAll(model);
    };
    test("no JSON");
    test("");
    test(R"({"a": [1, {"b": []}], "c": "d"})");
    QCOMPARE(model.index(0, 0).parent(), QModelIndex());
    QCOMPARE(model.index(1, 0, model.index(0, 0)).parent(), model.index(0, 0));
    QVERIFY(!model.index(0, 0, model.index(1, 0)).isValid());
    QCOMPARE(model.headerData(0, Qt::Horizontal).toString(), QStringLiteral("Name"));
    QCOMPARE(model.headerData(1, Qt::Horizontal).toString(), QStringLiteral("Value"));
}

void TestOutlineModel::prettyPrints_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("pretty");
    const auto row = [](const char *name, const QByteArray &json, const char *pretty) {
        QTest::newRow(name) << json << QString::fromUtf8(pretty);
    };
    row("nothing", "", "");
    row("a number", " 1.0 ", "1.0");
    row("empty ones", R"([[ ], { }])", "[\n  [],\n  {}\n]");
    row("members", R"({"a":1,"b":{"c":null}})", "{\n  \"a\": 1,\n  \"b\": {\n    \"c\": null\n  }\n}");
    row("what was pretty already", "{\n  \"a\": [\n    1\n  ]\n}", "{\n  \"a\": [\n    1\n  ]\n}");
    row("brackets in strings", R"(["[{,:\"]}", "\\"])", "[\n  \"[{,:\\\"]}\",\n  \"\\\\\"\n]");
    row("as it was written", R"({"b": -0.10, "b": [NaN, "\ud800é"]})",
        "{\n  \"b\": -0.10,\n  \"b\": [\n    NaN,\n    \"\\ud800é\"\n  ]\n}");
    row("text that is no JSON", " [1, 2", " [1, 2");
}

void TestOutlineModel::prettyPrints()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, pretty);
    QCOMPARE(prettyJson(json), pretty);
}

void TestOutlineModel::prettyPrintingIsLinear()
{
    constexpr int depth = 200'000;
    const auto pretty = prettyJson(QByteArray(depth, '[') + QByteArray(depth, ']'));
    QVERIFY2(pretty.size() < depth * 200, qPrintable(QString::number(pretty.size())));
}

QTEST_MAIN(TestOutlineModel)
#include "tst_outlinemodel.moc"
