// SPDX-License-Identifier: MIT
#include "target.h"

#include "pythontest.h"

namespace py = pybind11;

using namespace liaison;

namespace {

/// A namespace with a little of everything in it.
py::dict sampleNamespace()
{
    const auto scope =
        executed(QString::fromUtf8("import types\n"
                                   "class Row:\n"
                                   "    def __init__(self, x):\n"
                                   "        self.x = x\n"
                                   "        self.calls = 0\n"
                                   "    def double(self):\n"
                                   "        return self.x * 2\n"
                                   "    @property\n"
                                   "    def broken(self):\n"
                                   "        raise RuntimeError('broken')\n"
                                   "    @property\n"
                                   "    def missing(self):\n"
                                   "        return self.nothing\n"
                                   "    def __getitem__(self, key):\n"
                                   "        return 'item ' + str(key)\n"
                                   "namespace = {\n"
                                   "    'e': {'k': [10, 20], 'items': 'hidden', 'rows': [Row(1), Row(2)]},\n"
                                   "    'row': Row(7),\n"
                                   "    'math': types.SimpleNamespace(hypot='mine'),\n"
                                   "    'd.d': 'a name with a dot',\n"
                                   "    'odd name': 'a name with space',\n"
                                   "    'python:///x': 'a name with a scheme',\n"
                                   "    'é': 'beyond ASCII',\n"
                                   "    '1': 'a digit',\n"
                                   "    'view': types.MappingProxyType({'a': {'b': 5}}),\n"
                                   "    'none': None,\n"
                                   "    'f': len,\n"
                                   "}\n"));
    ;
    return scope["namespace"];
}

} // namespace

/// Targets lead to the objects that the protocol says, references are told from literals.
class TestTarget : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void resolves_data();
    void resolves();
    void raises_data();
    void raises();
    void references_data();
    void references();
    void argumentsAreReplaced_data();
    void argumentsAreReplaced();
    void calleesMayBeReferences();
    void attributesAreNotRemembered();
    void manyTargetsAreForgotten();
    void anExpressionMayAskForTargets();
};

void TestTarget::resolves_data()
{
    QTest::addColumn<QString>("target");
    QTest::addColumn<QString>("value");
    const auto row = [](const char *name, const char *target, const char *value) {
        QTest::newRow(name) << QString::fromUtf8(target) << QString::fromUtf8(value);
    };
    row("a name", "f", "<built-in function len>");
    row("a name whose value is None", "none", "None");
    row("an attribute", "row.x", "7");
    row("a key of a mapping", "e.k", "[10, 20]");
    row("an attribute wins over a key", "e.items.__name__", "'items'");
    row("keys of a mapping that is no dict", "view.a.b", "5");
    row("the namespace wins over a module", "math.hypot", "'mine'");
    row("a whole text that is a name", "d.d", "'a name with a dot'");
    row("a name with space", "odd name", "'a name with space'");
    row("a name that looks like a module", "python:///x", "'a name with a scheme'");
    row("a name beyond ASCII", "é", "'beyond ASCII'");
    row("a digit as a name", "1", "'a digit'");
    row("a module", "json", "<module 'json' from ...>");
    row("a module in a package", "json.decoder.__name__", "'json.decoder'");
    row("a module and an attribute", "math:hypot", "<built-in function hypot>");
    row("a module and attributes", "collections:OrderedDict.fromkeys.__name__", "'fromkeys'");
    row("a package's module and an attribute", "json.decoder:JSONDecoder.__name__", "'JSONDecoder'");
    row("a module in dots", "os.path.sep", "'/'");
    row("a module that is in sys.modules only", "os.path:sep", "'/'");
    row("a class in dots", "collections.abc.Mapping.__name__", "'Mapping'");
    row("with a scheme", "python:///json.decoder:JSONDecoder.decode.__name__", "'decode'");
    row("a module with a scheme", "python:///math", "<module 'math' (built-in)>");
    row("a module with a scheme despite the namespace", "python:///math:hypot", "<built-in function hypot>");
    row("a call", "row.double()", "14");
    row("an index", "e.k[1]", "20");
    row("an index of a key", "e['k'][-1]", "20");
    row("a call with arguments", "e.get('k')[0]", "10");
    row("a call with a text that holds a colon", "e.get('a:b', 5)", "5");
    row("a slice", "e.k[0:1]", "[10]");
    row("an attribute of an item", "e.rows[0].x", "1");
    row("a special method", "e.__len__()", "3");
    row("a method of an item", "e.rows[1].double()", "4");
    row("an item of an object that is no mapping", "row['q']", "'item q'");
    row("an expression with an operator", "row.x + row.x", "14");
    row("an expression with built-ins", "row.x if isinstance(row, object) else 0", "7");
    row("an expression with several names", "f(e.rows)", "2");
    row("a comprehension", "e.k and [r.x for r in e.rows]", "[1, 2]");
    row("an expression over lines", "f(\n e.k\n)", "2");
}

void TestTarget::resolves()
{
    QFETCH(QString, target);
    QFETCH(QString, value);
    Targets targets;
    const auto names = sampleNamespace();
    // The first time it is read, the second time remembered.
    for (int i = 0; i < 2; ++i) {
        const auto found = pythonRepr(targets.resolve(names, py::str(target.toStdString())));
        if (value.contains(QStringLiteral("...")))
            QVERIFY(found.startsWith(value.section(QStringLiteral("..."), 0, 0)));
        else
            QCOMPARE(found, value);
    }
}

void TestTarget::raises_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("error");
    const auto row = [](const char *name, const char *code, const char *error) {
        QTest::newRow(name) << QString::fromUtf8(code) << QString::fromUtf8(error);
    };
    constexpr auto forms =
        "expected name.attribute, package.module:attribute, or an expression that starts with a "
        "name of the namespace";
    const auto noTarget = [&](const char *name, const char *code) {
        QTest::newRow(name) << QString::fromUtf8(code)
                            << QStringLiteral("ValueError: target %1: %2")
                                   .arg(QString::fromUtf8(code), QString::fromUtf8(forms));
    };
    row("no text", "5",
        "TypeError: a target must be a string, such as \"math:hypot\" or a name of the namespace, not int");
    row("None", "None",
        "TypeError: a target must be a string, such as \"math:hypot\" or a name of the namespace, not "
        "NoneType");
    noTarget("nothing", "''");
    noTarget("space", "' '");
    noTarget("a dot", "'.'");
    noTarget("two dots", "'json..decoder'");
    noTarget("a dot at the end", "'json.'");
    noTarget("a colon alone", "':'");
    noTarget("no module", "':hypot'");
    noTarget("no attribute", "'json:'");
    noTarget("two colons", "'json:loads:x'");
    noTarget("an expression that starts with no name of the namespace", "'json.loads(\"1\")'");
    noTarget("an expression that starts with a bracket", "'(row).x'");
    noTarget("a reference", "'$row'");
    row("a scheme alone", "'python:///'",
        "ValueError: target 'python:///': expected a module after python:///, such as python:///math:hypot");
    row("a scheme and an expression", "'python:///math:hypot(1)'",
        "ValueError: target 'python:///math:hypot(1)': expected a module after python:///, such as "
        "python:///math:hypot");
    row("an unknown name", "'nosuch'",
        "ModuleNotFoundError: No module named 'nosuch', and no 'nosuch' in the namespace");
    row("an attribute of an unknown name", "'nosuch.x'",
        "ModuleNotFoundError: No module named 'nosuch', and no 'nosuch' in the namespace");
    row("an unknown module", "'nosuch:x'", "ModuleNotFoundError: No module named 'nosuch'");
    row("an unknown module in a package", "'json.nosuch:x'",
        "ModuleNotFoundError: No module named 'json.nosuch'");
    row("an unknown attribute of a module", "'json:nosuch'",
        "AttributeError: module 'json' has no attribute 'nosuch'");
    row("an unknown attribute in dots", "'json.nosuch.x'",
        "AttributeError: module 'json' has no attribute 'nosuch'");
    row("an unknown attribute", "'row.nosuch'", "AttributeError: 'Row' object has no attribute 'nosuch'");
    row("an unknown key", "'e.nosuch'", "AttributeError: 'dict' object has no attribute or key 'nosuch'");
    row("an unknown key in an expression", "'e.nosuch[0]'",
        "AttributeError: 'dict' object has no attribute or key 'nosuch'");
    row("an item is none of a plain object", "'row.q'", "AttributeError: 'Row' object has no attribute 'q'");
    row("a property that raises", "'row.broken'", "RuntimeError: broken");
    row("an expression that raises", "'e.k[5]'", "IndexError: list index out of range");
    row("an unknown name within an expression", "'f(nosuch)'", "NameError: name 'nosuch' is not defined");
    row("a name that is none of the module namespace", "'f(scope)'",
        "NameError: name 'scope' is not defined");
    row("a statement", "'row = 5'", "SyntaxError: invalid syntax");
    row("half an expression", "'e.get('", "SyntaxError: '(' was never closed");
    row("a lone surrogate", "'\\ud800'", "UnicodeEncodeError: ");
}

void TestTarget::raises()
{
    QFETCH(QString, code);
    QFETCH(QString, error);
    Targets targets;
    const auto names = sampleNamespace();
    const auto target = evaluated(code);
    for (int i = 0; i < 2; ++i) {
        const auto found = raised([&] { targets.resolve(names, target); });
        if (error.endsWith(QLatin1Char(' ')))
            QVERIFY2(found.startsWith(error), qPrintable(found));
        else
            QCOMPARE(found, error);
        QVERIFY(!PyErr_Occurred());
    }
}

void TestTarget::references_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("isReference");
    for (const char *text : {"$a", "$a.b", "$a.b.c", "$_", "$a1", "$1", "$1.2", "$é", "$liaison"})
        QTest::addRow("%s is a reference", text) << QString::fromUtf8(text) << true;
    for (const char *text :
         {"",    "$",   "a",     "$ 5",   "cost $5", "$a-b", "$$a",  "$a:b",   "$a b", " $a",  "$a ",
          "$a.", "$.a", "$a..b", "$a[0]", "$a()",    "$-1",  "$a$b", "$a.b-c", "a$",   "$a,b", "$😀"})
        QTest::addRow("\"%s\" is literal", text) << QString::fromUtf8(text) << false;
}

void TestTarget::references()
{
    QFETCH(QString, text);
    QTEST(isReference(py::str(text.toStdString())), "isReference");
}

void TestTarget::argumentsAreReplaced_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("value");
    const auto row = [](const char *name, const char *code, const char *value) {
        QTest::newRow(name) << QString::fromUtf8(code) << QString::fromUtf8(value);
    };
    row("a reference", "'$f'", "<built-in function len>");
    row("a reference to an attribute", "'$row.x'", "7");
    row("a reference to a key", "'$e.k'", "[10, 20]");
    row("a reference to a module", "'$json.decoder.__name__'", "'json.decoder'");
    row("a literal text", "'$ 5'", "'$ 5'");
    row("two dollars", "'$$f'", "'$$f'");
    row("a number", "5", "5");
    row("None", "None", "None");
    row("a reference in a list", "['$f']", "['$f']");
    row("a reference in a dict", "{'$f': '$f'}", "{'$f': '$f'}");
    row("a lone surrogate", "'$\\ud800'", "'$\\ud800'");
}

void TestTarget::argumentsAreReplaced()
{
    QFETCH(QString, code);
    QFETCH(QString, value);
    Targets targets;
    QCOMPARE(pythonRepr(targets.argument(sampleNamespace(), evaluated(code))), value);
}

void TestTarget::calleesMayBeReferences()
{
    Targets targets;
    const auto names = sampleNamespace();
    QCOMPARE(pythonRepr(targets.callee(names, py::str("$f"))), QStringLiteral("<built-in function len>"));
    QCOMPARE(pythonRepr(targets.callee(names, py::str("f"))), QStringLiteral("<built-in function len>"));
    QCOMPARE(pythonRepr(targets.callee(names, py::str("row.double()"))), QStringLiteral("14"));
    QVERIFY(raised([&] {
                targets.callee(names, py::str("$nosuch"));
            }).startsWith(QStringLiteral("ModuleNotFoundError")));
    QVERIFY(raised([&] { targets.callee(names, py::int_(5)); }).startsWith(QStringLiteral("TypeError")));
}

void TestTarget::attributesAreNotRemembered()
{
    Targets targets;
    const auto names = sampleNamespace();
    const auto value = [&](const char *target) {
        return pythonRepr(targets.resolve(names, py::str(target)));
    };
    QCOMPARE(value("row.x"), QStringLiteral("7"));
    QCOMPARE(value("row.double()"), QStringLiteral("14"));
    names["row"].attr("x") = 8;
    QCOMPARE(value("row.x"), QStringLiteral("8"));
    QCOMPARE(value("row.double()"), QStringLiteral("16"));
    QCOMPARE(value("json.__name__"), QStringLiteral("'json'"));
    names["json"] = evaluated(QStringLiteral("type('J', (), {'__name__': 'mine'})()"));
    QCOMPARE(value("json.__name__"), QStringLiteral("'mine'"));
    QCOMPARE(value("e.k[0]"), QStringLiteral("10"));
    names["e"] = evaluated(QStringLiteral("{'k': 'text'}"));
    QCOMPARE(value("e.k[0]"), QStringLiteral("'t'"));
}

void TestTarget::manyTargetsAreForgotten()
{
    Targets targets;
    const auto names = sampleNamespace();
    for (int i = 0; i < 10'000; ++i) {
        const auto target = "e.get('k', " + std::to_string(i) + ")[1]";
        if (i % 100 == 0)
            QCOMPARE(targets.resolve(names, py::str(target)).cast<int>(), 20);
        else
            targets.resolve(names, py::str("f.__name__." + std::string(i % 2 ? "upper" : "lower")));
        names[py::str("name" + std::to_string(i))] = i;
        QCOMPARE(targets.resolve(names, py::str("name" + std::to_string(i) + ".real")).cast<int>(), i);
    }
}

void TestTarget::anExpressionMayAskForTargets()
{
    Targets targets;
    const auto names = sampleNamespace();
    names["resolve"] =
        py::cpp_function([&](const py::str &target) { return targets.resolve(names, target); });
    QCOMPARE(pythonRepr(targets.resolve(names, py::str("resolve('e.get(\"k\")')[resolve('row.x') - 6]"))),
             QStringLiteral("20"));
}

LIAISON_PYTHON_TEST_MAIN(TestTarget)
#include "tst_target.moc"
