// SPDX-License-Identifier: MIT
#include "service.h"

#include "capturedoutput.h"
#include "pythontest.h"
#include "sentence.h"

#include <QTcpServer>
#include <QTimer>
#include <QUrl>
#include <QWebSocket>

namespace py = pybind11;

using namespace liaison;

/// A service runs until it is stopped, writes its markers, and may run again.
class TestService : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void servesUntilItIsStopped();
    void writesTheAddressAsGiven_data();
    void writesTheAddressAsGiven();
    void doesNothingWhileItDoesNotRun();
    void raisesWhatItCannotServe_data();
    void raisesWhatItCannotServe();
    void runsOnce();

private:
    /// Runs a service; once it is alive, something is done.
    QByteArray outputOfRun(Service &service, const std::function<void()> &onceAlive);

    py::object m_companion;
};

void TestService::init()
{
    m_companion = py::module_::import("liaison").attr("Companion")();
}

QByteArray TestService::outputOfRun(Service &service, const std::function<void()> &onceAlive)
{
    QTimer timer;
    bool done = false;
    connect(&timer, &QTimer::timeout, this, [&] {
        if (service.isAlive() && !std::exchange(done, true))
            onceAlive();
    });
    timer.start(1);
    CapturedOutput output(STDOUT_FILENO);
    service.run(m_companion);
    return output.take();
}

void TestService::servesUntilItIsStopped()
{
    ServiceOptions options;
    options.host = QStringLiteral("127.0.0.1");
    options.port = 0;
    Service service(options);
    for (int round = 0; round < 2; ++round) {
        QWebSocket client;
        QStringList texts;
        QByteArrayList messages;
        quint16 port = 0;
        connect(&client, &QWebSocket::connected, this, [&] {
            service.push("{\"tag\": \"alert\"}", std::chrono::seconds(1));
            client.sendTextMessage(QStringLiteral(R"({"command": {"command": "ping"}})"));
            client.sendTextMessage(
                QStringLiteral(R"({"command": {"command": "run", "args": ["math:hypot", 3, 4]}})"));
        });
        connect(&client, &QWebSocket::textMessageReceived, this, [&](const QString &text) {
            texts.append(text);
            if (texts.size() < 3)
                return;
            messages = service.messages();
            service.stop();
        });
        const auto output = outputOfRun(service, [&] {
            port = service.port();
            client.open(QUrl(QStringLiteral("ws://127.0.0.1:%1").arg(port)));
        });
        const auto address = "127.0.0.1:" + QByteArray::number(port);
        QCOMPARE(output, "LIAISON:CONNECTED@" + address + "LIAISON:DISCONNECTED@" + address);
        QCOMPARE(texts.size(), 3);
        QVERIFY(texts.contains(QStringLiteral("{\"tag\": \"alert\"}")));
        QVERIFY(texts.join(QString()).contains(QStringLiteral("{\"response\": 5.0, ")));
        QCOMPARE(messages.size(), 2);
        QVERIFY(!service.isAlive());
        QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
        QCOMPARE(client.closeCode(), QWebSocketProtocol::CloseCodeGoingAway);
    }
}

void TestService::writesTheAddressAsGiven_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<bool>("newlines");
    QTest::newRow("as given") << "LocalHost:PORT" << false;
    QTest::newRow("with newlines") << "LocalHost:PORT" << true;
    QTest::newRow("made of host and port") << "" << false;
}

void TestService::writesTheAddressAsGiven()
{
    QFETCH(QString, address);
    QFETCH(bool, newlines);
    QTcpServer free;
    QVERIFY(free.listen(QHostAddress::LocalHost));
    ServiceOptions options;
    options.port = free.serverPort();
    free.close();
    options.address = address.replace(QLatin1String("PORT"), QString::number(options.port));
    options.newlines = newlines;
    Service service(options);
    const auto output = outputOfRun(service, [&] { service.stop(); });
    const auto written =
        address.isEmpty() ? "localhost:" + QByteArray::number(options.port) : address.toUtf8();
    const QByteArray end = newlines ? "\n" : "";
    QCOMPARE(output, "LIAISON:CONNECTED@" + written + end + "LIAISON:DISCONNECTED@" + written + end);
}

void TestService::doesNothingWhileItDoesNotRun()
{
    ServiceOptions options;
    options.port = 8123;
    Service service(options);
    service.stop();
    service.push("text", std::chrono::seconds(1));
    QVERIFY(service.messages().isEmpty());
    QVERIFY(!service.isAlive());
    QCOMPARE(int(service.port()), 8123);
}

void TestService::raisesWhatItCannotServe_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("part");
    QTest::newRow("a port that is taken") << "127.0.0.1"
                                          << "cannot listen on 127.0.0.1 port ";
    QTest::newRow("a host beyond loopback") << "0.0.0.0"
                                            << "can be reached from other machines";
}

void TestService::raisesWhatItCannotServe()
{
    QFETCH(QString, host);
    QFETCH(QString, part);
    QTcpServer taken;
    QVERIFY(taken.listen(QHostAddress::LocalHost));
    ServiceOptions options;
    options.host = host;
    options.port = taken.serverPort();
    Service service(options);
    QString sentence;
    CapturedOutput output(STDOUT_FILENO);
    try {
        service.run(m_companion);
    } catch (const std::runtime_error &error) {
        sentence = QString::fromUtf8(error.what());
    }
    QCOMPARE(output.take(), QByteArray());
    QVERIFY2(sentence.contains(part), qPrintable(sentence));
    QVERIFY(!service.isAlive());
}

void TestService::runsOnce()
{
    ServiceOptions options;
    options.host = QStringLiteral("127.0.0.1");
    options.port = 0;
    Service service(options);
    QString sentence;
    outputOfRun(service, [&] {
        const py::gil_scoped_acquire gil;
        sentence = sentenceOf<ServiceError>([&] { service.run(m_companion); });
        service.stop();
    });
    QCOMPARE(sentence, QStringLiteral("it is being served already"));
}

LIAISON_PYTHON_TEST_MAIN(TestService)
#include "tst_service.moc"
