// SPDX-License-Identifier: MIT
#include "server.h"

#include <QSignalSpy>
#include <QTcpSocket>
#include <QtTest>

#include <csignal>

#include <fcntl.h>
#include <unistd.h>

using namespace liaison;

namespace {

const QString program = QStringLiteral(LIAISON_TEST_EXECUTABLE);

} // namespace

/// A real child: it starts, serves, prints, ends.
class TestServer : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void servesAndStops();
    void startsAgain();
    void saysHowItEnded_data();
    void saysHowItEnded();
    void endsWithItsOwner();

private:
    QByteArray handedOn() const;

    int m_stdout = -1; ///< the test's own
    int m_readEnd = -1;
};

/// Standard output, to which the child's is handed on, is a pipe for the time of the test.
void TestServer::initTestCase()
{
    int ends[2] = {};
    QCOMPARE(::pipe2(ends, O_CLOEXEC), 0);
    m_readEnd = ends[0];
    ::fcntl(m_readEnd, F_SETFL, O_NONBLOCK);
    m_stdout = ::dup(STDOUT_FILENO);
    std::fflush(stdout);
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[1]);
}

void TestServer::cleanupTestCase()
{
    std::fflush(stdout);
    ::dup2(m_stdout, STDOUT_FILENO);
}

QByteArray TestServer::handedOn() const
{
    QByteArray text(1 << 16, '\0');
    const auto count = ::read(m_readEnd, text.data(), std::size_t(text.size()));
    return text.first(std::max<qsizetype>(0, count));
}

void TestServer::servesAndStops()
{
    handedOn();
    Server server(program, {QStringLiteral("localhost:0")});
    const QSignalSpy serving(&server, &Server::serving);
    const QSignalSpy ended(&server, &Server::ended);
    const QSignalSpy printed(&server, &Server::printed);
    QVERIFY(server.state() == Server::State::Stopped);
    server.start();
    QVERIFY(server.state() == Server::State::Starting);
    QTRY_COMPARE(serving.count(), 1);
    QVERIFY(server.state() == Server::State::Serving);
    QVERIFY(server.hasServed());
    const auto address = serving.at(0).at(0).toString();
    QCOMPARE(handedOn(), "LIAISON:CONNECTED@" + address.toUtf8());
    server.start();
    server.stop();
    QVERIFY(server.state() == Server::State::Stopping);
    QTRY_COMPARE(ended.count(), 1);
    QCOMPARE(ended.at(0).at(0).toInt(), 0);
    QCOMPARE(ended.at(0).at(1).toBool(), true);
    QCOMPARE(handedOn(), "LIAISON:DISCONNECTED@" + address.toUtf8());
    QCOMPARE(printed.count(), 0);
}

void TestServer::startsAgain()
{
    Server server(program, {QStringLiteral("localhost:0")});
    const QSignalSpy serving(&server, &Server::serving);
    server.restart();
    for (int i = 1; i <= 3; ++i) {
        QTRY_COMPARE(serving.count(), i);
        server.restart();
    }
    QTRY_COMPARE(serving.count(), 4);
}

void TestServer::saysHowItEnded_data()
{
    QTest::addColumn<QString>("executable");
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QByteArray>("printed");
    QTest::newRow("an option that is none")
        << program << QStringList{QStringLiteral("--fly")} << 2 << QByteArray("liaison: Unknown option");
    QTest::newRow("no program") << QStringLiteral("/no/such/program") << QStringList() << -1 << QByteArray();
    QTest::newRow("a crash") << QStringLiteral("/bin/sh")
                             << QStringList{QStringLiteral("-c"), QStringLiteral("kill -SEGV $$")} << -1
                             << QByteArray();
    QTest::newRow("what it prints") << QStringLiteral("/bin/sh")
                                    << QStringList{QStringLiteral("-c"), QStringLiteral("echo hello; exit 3")}
                                    << 3 << QByteArray("hello\n");
}

void TestServer::saysHowItEnded()
{
    QFETCH(QString, executable);
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, printed);
    Server server(executable, arguments);
    const QSignalSpy ended(&server, &Server::ended);
    QByteArray text;
    connect(&server, &Server::printed, this, [&](bool, const QByteArray &piece) { text += piece; });
    server.start();
    QTRY_COMPARE(ended.count(), 1);
    QTEST(ended.at(0).at(0).toInt(), "exitCode");
    QCOMPARE(ended.at(0).at(1).toBool(), false);
    QVERIFY2(text.startsWith(printed), text.constData());
    QVERIFY(!server.hasServed());
}

void TestServer::endsWithItsOwner()
{
    QString address;
    {
        Server server(program, {QStringLiteral("localhost:0")});
        connect(&server, &Server::serving, this, [&](const QString &served) { address = served; });
        server.start();
        QTRY_VERIFY(!address.isEmpty());
        handedOn();
    }
    QVERIFY(handedOn().startsWith("LIAISON:DISCONNECTED@"));
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), address.section(QLatin1Char(':'), -1).toUShort());
    QTRY_COMPARE(socket.error(), QAbstractSocket::ConnectionRefusedError);
}

QTEST_GUILESS_MAIN(TestServer)
#include "tst_server.moc"
