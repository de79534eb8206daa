// SPDX-License-Identifier: MIT
#include "companion.h"

#include "pythontest.h"
#include "sanitized.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <atomic>
#include <chrono>
#include <thread>

namespace py = pybind11;

using namespace liaison;

namespace {

/// What the commands of these tests call, as the module "helpers".
const char *const helpersCode = "import asyncio, concurrent.futures, sys, types\n"
                                "helpers = types.ModuleType('helpers')\n"
                                "sys.modules['helpers'] = helpers\n"
                                "pool = concurrent.futures.ThreadPoolExecutor(2)\n"
                                "def fail(text): raise ValueError(text)\n"
                                "def leave(): raise SystemExit(3)\n"
                                "def interrupt(): raise KeyboardInterrupt\n"
                                "def echo(*args, **kwargs): return [args, kwargs]\n"
                                "async def later(value):\n"
                                "    await asyncio.sleep(0.001)\n"
                                "    return value\n"
                                "async def fail_later(text):\n"
                                "    await asyncio.sleep(0.001)\n"
                                "    raise ValueError(text)\n"
                                "async def twice(value): return later(value)\n"
                                "def submit(name, *args): return pool.submit(getattr(helpers, name), *args)\n"
                                "future = concurrent.futures.Future\n"
                                "def done(value):\n"
                                "    f = future()\n"
                                "    f.set_result(value)\n"
                                "    return f\n"
                                "def cancelled():\n"
                                "    f = future()\n"
                                "    f.cancel()\n"
                                "    return f\n"
                                "def finish(f, value): f.set_result(value)\n"
                                "def circular():\n"
                                "    a = []\n"
                                "    a.append(a)\n"
                                "    return a\n"
                                "class Point:\n"
                                "    def __init__(self, x, y=0): self.x, self.y = x, y\n"
                                "    def __str__(self): return 'point'\n"
                                "for name, value in list(globals().items()):\n"
                                "    if not name.startswith('_'): setattr(helpers, name, value)\n";

struct Reply {
    ClientId client = everyClient;
    QByteArray text;

    QJsonObject object() const { return QJsonDocument::fromJson(text).object(); }
    QStringList error() const
    {
        QStringList lines;
        for (const auto line : object().value(QLatin1String("error")).toArray())
            lines.append(line.toString());
        return lines;
    }
};

} // namespace

/// Commands are run one after another, and each is answered exactly once.
class TestCompanion : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void answers_data();
    void answers();
    void fails_data();
    void fails();
    void triesAnswerWhatFailed_data();
    void triesAnswerWhatFailed();
    void tracebacksBeginWithTheCalledCode();
    void everyCommandIsAnsweredOnceInOrder();
    void commandsThatWaitTogetherAreOneBatch();
    void customCommandsAreCalled();
    void overriddenMethodsAreCalled();
    void otherCommandsGoOnWhileOneIsAwaited();
    void initStoresTheFuture();
    void abandonedResultsAreAnsweredOnce();
    void resultsMayOutliveTheCompanion();
    void closeAnswersThoseThatWait();
    void interruptEnds_data();
    void interruptEnds();
    void interruptHitsNothingElse();

private:
    void enqueue(const QByteArray &message, ClientId client = 1);
    /// Lets Python and Qt work until so many replies are there.
    bool waitForReplies(qsizetype count);
    /// The last reply of some commands, given as their inner objects.
    Reply lastReply(const QStringList &commands);

    py::object m_python;
    std::unique_ptr<Companion> m_companion;
    QList<Reply> m_replies;
    QByteArray m_lastMessage;
    quint64 m_serial = 0;
};

void TestCompanion::initTestCase()
{
    executed(QString::fromUtf8(helpersCode));
}

void TestCompanion::init()
{
    m_python = py::module_::import("liaison").attr("Companion")();
    m_companion = std::make_unique<Companion>(m_python);
    m_replies.clear();
    // Replies come from whichever thread finished them.
    connect(m_companion.get(), &Companion::replied, this,
            [this](ClientId client, const QByteArray &text) { m_replies.append({client, text}); });
}

void TestCompanion::cleanup()
{
    m_companion.reset();
    m_python = py::object();
}

void TestCompanion::enqueue(const QByteArray &message, ClientId client)
{
    auto command = std::get<Command>(parseMessage(message));
    command.client = client;
    command.serial = ++m_serial;
    m_companion->enqueue(command);
}

bool TestCompanion::waitForReplies(qsizetype count)
{
    const py::gil_scoped_release idle;
    return QTest::qWaitFor([&] { return m_replies.size() >= count; }, 20'000);
}

Reply TestCompanion::lastReply(const QStringList &commands)
{
    m_replies.clear();
    for (const auto &command : commands) {
        m_lastMessage = "{\"command\": " + command.toUtf8() + ", \"id\": \"last\"}";
        enqueue(m_lastMessage);
    }
    if (!waitForReplies(commands.size()) || m_replies.size() != commands.size())
        return {};
    return m_replies.last();
}

void TestCompanion::answers_data()
{
    QTest::addColumn<QStringList>("commands");
    QTest::addColumn<QString>("response");
    const auto row = [](const char *name, const QStringList &commands, const char *response) {
        QTest::newRow(name) << commands << QString::fromUtf8(response);
    };
    const auto store = QStringLiteral(R"({"command": "store", "args": ["x", [1, {"a": 2.0}]]})");
    row("store answers the name", {store}, R"("x")");
    const auto get = QStringLiteral(R"({"command": "get", "args": ["x"]})");
    row("get answers the value", {store, get}, R"([1, {"a": 2.0}])");
    row("get by keyword", {store, QStringLiteral(R"({"command": "get", "kwargs": {"target": "x"}})")},
        R"([1, {"a": 2.0}])");
    row("get an expression", {store, QStringLiteral(R"({"command": "get", "args": ["x[1].a"]})")}, "2.0");
    row("get a module's function", {QStringLiteral(R"({"command": "get", "args": ["math:hypot"]})")},
        R"("python:///math:hypot")");
    row("a reference that is stored stays text",
        {QStringLiteral(R"({"command": "store", "args": ["x", "$x"]})"), get}, R"("$x")");
    row("integers keep every digit",
        {QStringLiteral(R"({"command": "store", "args": ["x", 123456789012345678901234567890]})"), get},
        "123456789012345678901234567890");
    row("NaN comes back as null", {QStringLiteral(R"({"command": "store", "args": ["x", [NaN, 1]]})"), get},
        "[null, 1]");
    row("lone surrogates survive", {QStringLiteral(R"({"command": "store", "args": ["x", "\ud800"]})"), get},
        R"("\ud800")");
    row("the order of keys survives",
        {QStringLiteral(R"({"command": "store", "kwargs": {"value": {"b": 1, "a": 2}, "name": "x"}})"), get},
        R"({"b": 1, "a": 2})");
    row("exists", {store, QStringLiteral(R"({"command": "exists", "args": ["x"]})")}, "true");
    row("exists not", {QStringLiteral(R"({"command": "exists", "args": ["nosuch.module"]})")}, "false");
    row("exists is never an error", {QStringLiteral(R"({"command": "exists", "args": [5]})")}, "false");
    row("run", {QStringLiteral(R"({"command": "run", "args": ["math:hypot", 3, 4]})")}, "5.0");
    row("run by keyword",
        {QStringLiteral(R"({"command": "run", "kwargs": {"fcn": "helpers:echo", "a": 1}})")},
        R"([[], {"a": 1}])");
    row("run with everything",
        {QStringLiteral(
            R"({"command": "run", "args": ["helpers:echo", 1, "$ 5"], "kwargs": {"b": 2, "a": null}})")},
        R"([[1, "$ 5"], {"b": 2, "a": null}])");
    row("run with references",
        {store,
         QStringLiteral(
             R"({"command": "run", "args": ["helpers:echo", "$x", ["$x"], "$$x"], "kwargs": {"a": "$x"}})")},
        R"([[[1, {"a": 2.0}], ["$x"], "$$x"], {"a": [1, {"a": 2.0}]}])");
    row("a keyword's name may be a reference",
        {QStringLiteral(R"({"command": "store", "args": ["k", "name"]})"),
         QStringLiteral(R"({"command": "run", "args": ["helpers:echo"], "kwargs": {"$k": 1}})")},
        R"([[], {"name": 1}])");
    row("run a reference",
        {QStringLiteral(R"({"command": "register", "args": ["h", "math:hypot"]})"),
         QStringLiteral(R"({"command": "run", "args": ["$h", 6, 8]})")},
        "10.0");
    row("run with many arguments",
        {QStringLiteral(
            R"({"command": "run", "args": ["builtins:max", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]})")},
        "12");
    row("init answers the name",
        {QStringLiteral(R"({"command": "init", "args": ["p", "helpers:Point", 5]})")}, R"("p")");
    row("init stores the object",
        {QStringLiteral(R"({"command": "init", "args": ["p", "helpers:Point", 5], "kwargs": {"y": 6}})"),
         QStringLiteral(R"({"command": "run", "args": ["helpers:echo", "$p.x", "$p.y", "$p"]})")},
        R"([[5, 6, "point"], {}])");
    row("init by keyword",
        {QStringLiteral(R"({"command": "init", "kwargs": {"name": "p", "cls": "helpers:Point", "x": 1}})"),
         QStringLiteral(R"({"command": "get", "args": ["p.x"]})")},
        "1");
    row("init with a plain function",
        {QStringLiteral(R"({"command": "init", "args": ["n", "builtins:len", [1, 2]]})"),
         QStringLiteral(R"({"command": "get", "args": ["n"]})")},
        "2");
    row("a failed init keeps the old value",
        {store, QStringLiteral(R"({"command": "init", "args": ["x", "helpers:fail", "no"]})"), get},
        R"([1, {"a": 2.0}])");
    row("try", {QStringLiteral(R"({"command": "try", "args": ["math:hypot", 3, 4]})")},
        R"({"success": true, "result": 5.0})");
    row("register", {QStringLiteral(R"({"command": "register", "args": ["h", "math:hypot"]})")}, R"("h")");
    row("register by the target's name",
        {QStringLiteral(R"({"command": "register", "args": [null, "math:hypot"]})"),
         QStringLiteral(R"({"command": "run", "args": ["hypot", 3, 4]})")},
        "5.0");
    row("built-in functions that ask for the caller's names",
        {QStringLiteral(R"({"command": "run", "args": ["builtins:eval", "1 + 2"]})")}, "3");
    row("ping", {QStringLiteral(R"({"command": "ping"})")}, R"("pong")");
    row("the namespace holds the companion",
        {QStringLiteral("{\"command\": \"get\", \"args\": [\"companion.ping()\"]}")}, R"("pong")");
    row("a coroutine", {QStringLiteral(R"({"command": "run", "args": ["helpers:later", 5]})")}, "5");
    row("a coroutine that answers a coroutine",
        {QStringLiteral(R"({"command": "run", "args": ["helpers:twice", 5]})")}, "5");
    row("a future", {QStringLiteral(R"({"command": "run", "args": ["helpers:submit", "echo", 1]})")},
        "[[1], {}]");
    row("a future of a coroutine",
        {QStringLiteral(R"({"command": "run", "args": ["helpers:submit", "later", 1]})")}, "1");
    row("a future that is done", {QStringLiteral(R"({"command": "run", "args": ["helpers:done", [1]]})")},
        "[1]");
    row("try a coroutine", {QStringLiteral(R"({"command": "try", "args": ["helpers:later", 5]})")},
        R"({"success": true, "result": 5})");
}

void TestCompanion::answers()
{
    QFETCH(QStringList, commands);
    QFETCH(QString, response);
    const auto reply = lastReply(commands);
    QCOMPARE(reply.client, ClientId(1));
    auto evt = m_lastMessage;
    evt.replace("NaN", "null");
    QCOMPARE(QString::fromUtf8(reply.text),
             QStringLiteral("{\"response\": %1, \"tag\": \"response\", \"evt\": %2}")
                 .arg(response, QString::fromUtf8(evt)));
}

void TestCompanion::fails_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("error");
    const auto row = [](const char *name, const char *command, const char *error) {
        QTest::newRow(name) << QString::fromUtf8(command) << QString::fromUtf8(error) + QLatin1Char('\n');
    };
    row("an unknown command", R"({"command": "fly"})",
        "ValueError: unknown command \"fly\": expected one of delete, describe, exists, get, info, init, "
        "interrupt, monitor, ping, register, run, set, store, try");
    row("a command beyond ASCII", "{\"command\": \"é\"}",
        "ValueError: unknown command \"é\": expected one of delete, describe, exists, get, info, init, "
        "interrupt, monitor, ping, register, run, set, store, try");
    row("a missing argument", R"({"command": "get"})",
        "TypeError: Companion.resolve() missing 1 required positional argument: 'target'");
    row("too many arguments", R"({"command": "get", "args": ["x", 2]})",
        "TypeError: Companion.resolve() takes 2 positional arguments but 3 were given");
    row("an unknown keyword", R"({"command": "get", "args": ["x"], "kwargs": {"y": 1}})",
        "TypeError: Companion.resolve() got an unexpected keyword argument 'y'");
    row("run without a function", R"({"command": "run"})",
        "TypeError: Companion.call() missing 1 required positional argument: 'fcn'");
    row("run with two functions", R"({"command": "run", "args": ["f"], "kwargs": {"fcn": "g"}})",
        "TypeError: Companion.call() got multiple values for argument 'fcn'");
    row("init without a class", R"({"command": "init", "args": ["x"]})",
        "TypeError: Companion.initialize() missing 1 required positional argument: 'cls'");
    row("a name that is no text", R"({"command": "init", "args": [5, "helpers:Point", 1]})",
        "TypeError: name must be a string, not int");
    row("a target that is no text", R"({"command": "run", "args": [5]})",
        "TypeError: a target must be a string, such as \"math:hypot\" or a name of the namespace, not int");
    row("a function that raises", R"({"command": "run", "args": ["helpers:fail", "no"]})", "ValueError: no");
    row("an init that raises", R"({"command": "init", "args": ["x", "helpers:fail", "no"]})",
        "ValueError: no");
    row("a function that leaves", R"({"command": "run", "args": ["helpers:leave"]})", "SystemExit: 3");
    row("a function that interrupts", R"({"command": "run", "args": ["helpers:interrupt"]})",
        "KeyboardInterrupt");
    row("a reference to nothing", R"({"command": "run", "args": ["helpers:echo", "$nosuch"]})",
        "ModuleNotFoundError: No module named 'nosuch', and no 'nosuch' in the namespace");
    row("what cannot be called", R"({"command": "run", "args": ["math:pi"]})",
        "TypeError: 'float' object is not callable");
    row("a result in itself", R"({"command": "run", "args": ["helpers:circular"]})",
        "ValueError: Circular reference detected");
    row("register without a name for a nameless target",
        R"({"command": "register", "args": [null, "math:pi"]})",
        "TypeError: name must be given: what 'math:pi' points to has no __name__");
    row("a coroutine that raises", R"({"command": "run", "args": ["helpers:fail_later", "no"]})",
        "ValueError: no");
    row("a future that raises", R"({"command": "run", "args": ["helpers:submit", "fail", "no"]})",
        "ValueError: no");
    row("a future that was cancelled", R"({"command": "run", "args": ["helpers:cancelled"]})",
        "concurrent.futures._base.CancelledError");
    row("an awaited result in itself", R"({"command": "run", "args": ["helpers:submit", "circular"]})",
        "ValueError: Circular reference detected");
}

void TestCompanion::fails()
{
    QFETCH(QString, command);
    QFETCH(QString, error);
    const auto reply = lastReply({command});
    QVERIFY(!reply.error().isEmpty());
    QCOMPARE(reply.error().last(), error);
    QCOMPARE(reply.object().value(QLatin1String("tag")).toString(), QStringLiteral("error"));
    QVERIFY(!reply.object().contains(QLatin1String("response")));
    QVERIFY(reply.text.endsWith("\"evt\": " + m_lastMessage + '}'));
    // Nothing is left of it.
    QCOMPARE(lastReply({QStringLiteral(R"({"command": "ping"})")})
                 .object()
                 .value(QLatin1String("response"))
                 .toString(),
             QStringLiteral("pong"));
}

void TestCompanion::triesAnswerWhatFailed_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("error");
    const auto row = [](const char *name, const char *command, const char *error) {
        QTest::newRow(name) << QString::fromUtf8(command) << QString::fromUtf8(error) + QLatin1Char('\n');
    };
    row("an exception", R"({"command": "try", "args": ["helpers:fail", "no"]})", "ValueError: no");
    row("by keyword", R"({"command": "try", "kwargs": {"fcn": "helpers:fail", "text": "no"}})",
        "ValueError: no");
    row("an exit", R"({"command": "try", "args": ["helpers:leave"]})", "SystemExit: 3");
    row("no such target", R"({"command": "try", "args": ["nosuch:f"]})",
        "ModuleNotFoundError: No module named 'nosuch'");
    row("a coroutine that raises", R"({"command": "try", "args": ["helpers:fail_later", "no"]})",
        "ValueError: no");
    row("a result that cannot be written", R"({"command": "try", "args": ["helpers:circular"]})",
        "ValueError: Circular reference detected");
}

void TestCompanion::triesAnswerWhatFailed()
{
    QFETCH(QString, command);
    QFETCH(QString, error);
    const auto reply = lastReply({command}).object();
    QCOMPARE(reply.value(QLatin1String("tag")).toString(), QStringLiteral("response"));
    const auto response = reply.value(QLatin1String("response")).toObject();
    QCOMPARE(response.value(QLatin1String("success")), QJsonValue(false));
    QCOMPARE(response.value(QLatin1String("result")).toArray().last().toString(), error);
}

void TestCompanion::tracebacksBeginWithTheCalledCode()
{
    for (const char *command : {R"({"command": "run", "args": ["helpers:fail", "no"]})",
                                R"({"command": "run", "args": ["helpers:submit", "fail", "no"]})",
                                R"({"command": "init", "args": ["x", "helpers:fail", "no"]})"}) {
        const auto lines = lastReply({QString::fromUtf8(command)}).error();
        QVERIFY(lines.size() >= 3);
        QCOMPARE(lines.first(), QStringLiteral("Traceback (most recent call last):\n"));
        QVERIFY(!lines.join(QString()).contains(QLatin1String("liaison")));
        QVERIFY2(lines.at(lines.size() - 2).endsWith(QStringLiteral("in fail\n")),
                 qPrintable(lines.join(QString())));
    }
}

void TestCompanion::everyCommandIsAnsweredOnceInOrder()
{
    constexpr int count = 1000;
    for (int i = 0; i < count; ++i)
        enqueue(R"({"command": {"command": "run", "args": ["helpers:echo", )" + QByteArray::number(i) +
                    (i % 7 ? R"(]}, "id": )" : R"(], "kwargs": {"text": 1}}, "id": )") +
                    QByteArray::number(i) + '}',
                ClientId(i % 3 + 1));
    QVERIFY(waitForReplies(count));
    enqueue(R"({"command": {"command": "ping"}, "id": -1})");
    QVERIFY(waitForReplies(count + 1));
    QCOMPARE(m_replies.size(), count + 1);
    for (int i = 0; i < count; ++i) {
        QCOMPARE(m_replies.at(i).client, ClientId(i % 3 + 1));
        QCOMPARE(m_replies.at(i)
                     .object()
                     .value(QLatin1String("evt"))
                     .toObject()
                     .value(QLatin1String("id"))
                     .toInt(),
                 i);
    }
}

void TestCompanion::commandsThatWaitTogetherAreOneBatch()
{
    // More than are handed over at once, fewer than run under one acquisition of the GIL.
    constexpr int count = 40;
    int idles = 0;
    int flushes = 0;
    connect(m_companion.get(), &Companion::idle, this, [&] { ++idles; });
    connect(m_companion.get(), &Companion::repliesComplete, this, [&] { ++flushes; });
    for (int i = 0; i < count; ++i) {
        auto command = std::get<Command>(parseMessage(R"({"command": {"command": "ping"}, "id": 1})"));
        command.serial = ++m_serial;
        m_companion->collect(command);
    }
    QVERIFY(m_replies.isEmpty());
    m_companion->wake();
    QVERIFY(waitForReplies(count));
    QCOMPARE(m_replies.size(), count);
    QCOMPARE(idles, 1);
    // One at the end of the batch; a machine that stalls in between adds some, since no reply waits long.
    QVERIFY2(flushes < count / 2, qPrintable(QString::number(flushes)));
}

void TestCompanion::customCommandsAreCalled()
{
    m_python.attr("commands")["add"] = evaluated(QStringLiteral("lambda a, b=1: a + b"));
    QCOMPARE(lastReply({QStringLiteral(R"({"command": "add", "args": [2]})")})
                 .object()
                 .value(QLatin1String("response")),
             QJsonValue(3));
    QCOMPARE(lastReply({QStringLiteral(R"({"command": "add", "args": ["$x"], "kwargs": {"b": "y"}})")})
                 .object()
                 .value(QLatin1String("response")),
             QJsonValue(QStringLiteral("$xy")));
    m_python.attr("commands").attr("pop")("get");
    QVERIFY(
        lastReply({QStringLiteral(R"({"command": "get", "args": ["math"]})")})
            .error()
            .last()
            .startsWith(QStringLiteral("ValueError: unknown command \"get\": expected one of add, delete")));
}

void TestCompanion::overriddenMethodsAreCalled()
{
    m_companion.reset();
    m_python = evaluated(QStringLiteral("import liaison\n"
                                        "class Mine(liaison.Companion):\n"
                                        "    def call(self, fcn, *args): return ['mine', fcn, args]\n"
                                        "    def resolve(self, target): return 'mine too'\n"
                                        "Mine()"));
    m_companion = std::make_unique<Companion>(m_python);
    connect(m_companion.get(), &Companion::replied, this,
            [this](ClientId client, const QByteArray &text) { m_replies.append({client, text}); });
    const auto response = [&](const char *command) {
        return lastReply({QString::fromUtf8(command)}).object().value(QLatin1String("response"));
    };
    QCOMPARE(response(R"({"command": "run", "args": ["f", "$x"]})"),
             QJsonValue(
                 QJsonArray{QStringLiteral("mine"), QStringLiteral("f"), QJsonArray{QStringLiteral("$x")}}));
    QCOMPARE(response(R"({"command": "get", "args": ["anything"]})"), QJsonValue(QStringLiteral("mine too")));
    QCOMPARE(response(R"({"command": "exists", "args": ["nosuch"]})"), QJsonValue(true));
}

void TestCompanion::otherCommandsGoOnWhileOneIsAwaited()
{
    enqueue(R"({"command": {"command": "init", "args": ["f", "helpers:future"]}, "id": 1})");
    enqueue(R"({"command": {"command": "get", "args": ["f"]}, "id": 2})", 2);
    enqueue(R"({"command": {"command": "try", "args": ["helpers:echo"]}, "id": 3})", 3);
    QVERIFY(waitForReplies(2));
    QCOMPARE(m_replies.size(), 2);
    QCOMPARE(m_replies.at(1).client, ClientId(3));
    enqueue(R"({"command": {"command": "run", "args": ["helpers:finish", "$f", "there"]}, "id": 4})", 4);
    QVERIFY(waitForReplies(4));
    QSet<ClientId> clients;
    for (const auto &reply : std::as_const(m_replies)) {
        clients.insert(reply.client);
        if (reply.client == 2)
            QCOMPARE(reply.text,
                     QByteArray("{\"response\": \"there\", \"tag\": \"response\", \"evt\": "
                                "{\"command\": {\"command\": \"get\", \"args\": [\"f\"]}, \"id\": 2}}"));
    }
    QCOMPARE(clients, QSet<ClientId>({1, 2, 3, 4}));
}

void TestCompanion::initStoresTheFuture()
{
    lastReply({QStringLiteral(R"({"command": "init", "args": ["f", "helpers:submit", "echo", 1]})")});
    QVERIFY(py::hasattr(m_python.attr("namespace")["f"], "add_done_callback"));
    QCOMPARE(lastReply({QStringLiteral(R"({"command": "get", "args": ["f"]})")})
                 .object()
                 .value(QLatin1String("response")),
             QJsonValue(QJsonArray{QJsonArray{1}, QJsonObject{}}));
}

void TestCompanion::abandonedResultsAreAnsweredOnce()
{
    lastReply({QStringLiteral(R"({"command": "init", "args": ["f", "helpers:future"]})")});
    m_replies.clear();
    enqueue(R"({"command": {"command": "get", "args": ["f"]}, "id": 1})");
    enqueue(R"({"command": {"command": "ping"}, "id": 2})");
    QVERIFY(waitForReplies(1));
    m_companion->abandonPending();
    QCOMPARE(m_replies.size(), 2);
    QCOMPARE(m_replies.last().error(),
             QStringList(QStringLiteral(
                 "ConnectionAbortedError: Liaison stops; the result of this command has not arrived\n")));
    // Too late: it has been answered.
    m_python.attr("namespace")["f"].attr("set_result")(5);
    m_companion->abandonPending();
    enqueue(R"({"command": {"command": "ping"}, "id": 3})");
    QVERIFY(waitForReplies(3));
    QCOMPARE(m_replies.size(), 3);
}

void TestCompanion::resultsMayOutliveTheCompanion()
{
    const auto python = m_python;
    lastReply({QStringLiteral(R"({"command": "init", "args": ["f", "helpers:future"]})")});
    m_replies.clear();
    enqueue(R"({"command": {"command": "get", "args": ["f"]}, "id": 1})");
    enqueue(R"({"command": {"command": "ping"}, "id": 2})");
    QVERIFY(waitForReplies(1));
    cleanup();
    python.attr("namespace")["f"].attr("set_result")(5);
    QCOMPARE(m_replies.size(), 1);
}

void TestCompanion::closeAnswersThoseThatWait()
{
    for (int i = 0; i < 3; ++i)
        enqueue(R"({"command": {"command": "ping"}, "id": )" + QByteArray::number(i) + '}', ClientId(i + 1));
    m_companion->close();
    QCOMPARE(m_replies.size(), 3);
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(m_replies.at(i).client, ClientId(i + 1));
        QCOMPARE(
            m_replies.at(i).error(),
            QStringList(QStringLiteral("ConnectionAbortedError: Liaison stops; this command was not run\n")));
    }
    m_companion->close();
    enqueue(R"({"command": {"command": "ping"}, "id": 9})");
    QCoreApplication::processEvents();
    QCOMPARE(m_replies.size(), 3);
}

void TestCompanion::interruptEnds_data()
{
    QTest::addColumn<QString>("command");
    QTest::newRow("a sleep") << R"({"command": "run", "args": ["time:sleep", 60]})";
    if (!isUnderThreadSanitizer)
        QTest::newRow("a loop") << R"({"command": "run", "args": ["builtins:exec", "while True: pass", {}]})";
    QTest::newRow("a blocking read") << "{\"command\": \"run\", \"args\": [\"builtins:exec\", \"import os; "
                                        "os.read(os.pipe()[0], 1)\", {}]}";
    QTest::newRow("a wait for a lock") << "{\"command\": \"run\", \"args\": [\"builtins:exec\", \"import "
                                          "threading; threading.Event().wait(60)\", {}]}";
}

void TestCompanion::interruptEnds()
{
    QFETCH(QString, command);
    QElapsedTimer timer;
    timer.start();
    std::atomic<bool> ended = false;
    std::atomic<int> hits = 0;
    std::thread interrupter([&] {
        // A call that is about to block may miss it, so it is asked again, as the session does.
        while (!ended) {
            hits += m_companion->interruptRunning() ? 1 : 0;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    });
    const auto reply = lastReply({command});
    ended = true;
    {
        const py::gil_scoped_release idle;
        interrupter.join();
    }
    QVERIFY(hits > 0);
    QVERIFY(!reply.error().isEmpty());
    QCOMPARE(reply.error().last(), QStringLiteral("KeyboardInterrupt\n"));
    QVERIFY(timer.elapsed() < 10'000);
    QVERIFY(!m_companion->interruptRunning());
}

void TestCompanion::interruptHitsNothingElse()
{
    QVERIFY(!m_companion->interruptRunning());
    std::atomic<bool> ended = false;
    std::thread interrupter([&] {
        while (!ended)
            m_companion->interruptRunning();
    });
    // Each of these is either run or interrupted, and answered once.
    constexpr int count = 300;
    for (int i = 0; i < count; ++i)
        enqueue(R"({"command": {"command": "run", "args": ["helpers:echo", 1]}, "id": 1})");
    const bool answered = waitForReplies(count);
    ended = true;
    {
        const py::gil_scoped_release idle;
        interrupter.join();
    }
    QVERIFY(answered);
    QCOMPARE(m_replies.size(), count);
    for (const auto &reply : std::as_const(m_replies)) {
        if (!reply.error().isEmpty())
            QCOMPARE(reply.error().last(), QStringLiteral("KeyboardInterrupt\n"));
    }
    QCOMPARE(lastReply({QStringLiteral(R"({"command": "run", "args": ["math:hypot", 3, 4]})")})
                 .object()
                 .value(QLatin1String("response")),
             QJsonValue(5));
}

LIAISON_PYTHON_TEST_MAIN(TestCompanion)
#include "tst_companion.moc"
