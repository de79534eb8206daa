// SPDX-License-Identifier: MIT
#include "session.h"

#include "capturedoutput.h"
#include "pythontest.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>
#include <QWebSocket>

#include <csignal>

namespace py = pybind11;

using namespace liaison;

/// One run: commands, out-of-band answers, and every way to end it. Only what answers while Python works
/// needs a client on another thread.
class TestSession : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void endsBySignal_data();
    void endsBySignal();
    void handlersComeBack();
};

void TestSession::endsBySignal_data()
{
    QTest::addColumn<int>("number");
    QTest::addColumn<QString>("command");
    QTest::newRow("SIGTERM while idle") << SIGTERM << QString();
    QTest::newRow("SIGINT while idle") << SIGINT << QString();
    QTest::newRow("SIGTERM while a command sleeps")
        << SIGTERM << R"({"command": "run", "args": ["time:sleep", 60]})";
    QTest::newRow("SIGINT while a result is awaited")
        << SIGINT << R"({"command": "run", "args": ["asyncio:sleep", 60]})";
}

void TestSession::endsBySignal()
{
    QFETCH(int, number);
    QFETCH(QString, command);
    ServiceOptions options;
    options.host = QStringLiteral("127.0.0.1");
    options.port = 0;
    QThread clients;
    auto *client = new QWebSocket;
    client->moveToThread(&clients);
    connect(&clients, &QThread::finished, client, &QObject::deleteLater);
    clients.start();
    QStringList texts;
    int closeCode = 0;
    const auto message = "{\"command\": " + command.toUtf8() + '}';
    connect(client, &QWebSocket::connected, client, [&] {
        if (!command.isEmpty())
            client->sendTextMessage(QString::fromUtf8(message));
        client->sendTextMessage(QStringLiteral(R"({"command": {"command": "ping"}})"));
    });
    connect(client, &QWebSocket::textMessageReceived, client, [&](const QString &text) {
        // The ping is answered while the command runs.
        texts.append(text);
        if (texts.size() == 1)
            ::kill(::getpid(), number);
    });
    connect(client, &QWebSocket::disconnected, client, [&] {
        closeCode = int(client->closeCode());
        clients.quit();
    });
    QElapsedTimer timer;
    timer.start();
    CapturedOutput output(STDOUT_FILENO);
    {
        Session session(options, py::module_::import("liaison").attr("Companion")());
        connect(&session, &Session::started, client,
                [&](quint16 port) { client->open(QUrl(QStringLiteral("ws://127.0.0.1:%1").arg(port))); });
        session.run();
    }
    {
        const py::gil_scoped_release idle;
        clients.wait();
    }
    const auto markers = output.take();
    QVERIFY(markers.startsWith("LIAISON:CONNECTED@127.0.0.1:"));
    QCOMPARE(markers.count("LIAISON:DISCONNECTED@127.0.0.1:"), qsizetype(1));
    QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(closeCode, int(QWebSocketProtocol::CloseCodeGoingAway));
    QCOMPARE(texts.size(), command.isEmpty() ? 1 : 2);
    QVERIFY(texts.first().startsWith(QStringLiteral("{\"response\": \"pong\"")));
    if (!command.isEmpty()) {
        const auto last = QJsonDocument::fromJson(texts.last().toUtf8()).object();
        const auto line = last.value(QLatin1String("error")).toArray().last().toString();
        // Interrupted, given up while awaited, or, where the signal came early, not begun.
        QVERIFY2(line.startsWith(QStringLiteral("KeyboardInterrupt")) ||
                     line.startsWith(QStringLiteral("ConnectionAbortedError: ")),
                 qPrintable(texts.last()));
    }
}

void TestSession::handlersComeBack()
{
    const auto getsignal = py::module_::import("signal").attr("getsignal");
    const auto before = getsignal(SIGINT);
    ServiceOptions options;
    options.host = QStringLiteral("127.0.0.1");
    options.port = 0;
    {
        const Session session(options, py::module_::import("liaison").attr("Companion")());
        QVERIFY(!getsignal(SIGINT).is(before));
    }
    QVERIFY(getsignal(SIGINT).is(before));
}

LIAISON_PYTHON_TEST_MAIN(TestSession)
#include "tst_session.moc"
