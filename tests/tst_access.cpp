// SPDX-License-Identifier: MIT
#include "access.h"

#include "sentence.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace liaison;

/// Pages of this machine and clients that are no pages are welcome; a token is taken from where it lies.
class TestAccess : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void origins_data();
    void origins();
    void allowedOrigins();
    void comparesTokens();
    void tokenOfTheEnvironment();
    void tokenOfAFile_data();
    void tokenOfAFile();
    void findsProtocols();
};

void TestAccess::origins_data()
{
    QTest::addColumn<bool>("isWelcomed");
    for (const char *origin :
         {"", "http://localhost", "http://localhost:5173", "https://localhost:8443", "HTTP://LocalHost:1",
          "http://127.0.0.1", "http://127.0.0.1:8080", "http://127.9.8.7", "http://[::1]:3000",
          "app://localhost", "tauri://localhost", "http://tauri.localhost", "http://localhost.",
          "capacitor://localhost", "file://", "ws://localhost:8001"})
        QTest::addRow("%s", origin) << true;
    for (const char *origin : {"null",
                               "http://example.org",
                               "https://localhost.example.org",
                               "http://127.0.0.1.example.org",
                               "http://example.org:8001",
                               "http://localhost@example.org",
                               "http://example.org/localhost",
                               "http://example.org#localhost",
                               "http://example.org?localhost",
                               "http://localhost/path",
                               "http://notlocalhost",
                               "http://0.0.0.0",
                               "http://10.0.0.1",
                               "http://[::2]",
                               "http://[fe80::1]",
                               "chrome-extension://localhost",
                               "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
                               "moz-extension://127.0.0.1",
                               "file://example.org",
                               "localhost",
                               "localhost:8001",
                               "//localhost",
                               "http://",
                               "http:",
                               "http://localhost, http://example.org",
                               "http://localhost http://example.org",
                               "*",
                               " ",
                               "http://128.0.0.1",
                               "data:text/html,localhost",
                               "about:blank"})
        QTest::addRow("%s", origin) << false;
}

void TestAccess::origins()
{
    QFETCH(bool, isWelcomed);
    QCOMPARE(isWelcome(QString::fromUtf8(QTest::currentDataTag()), {}), isWelcomed);
}

void TestAccess::allowedOrigins()
{
    const QStringList allowed = {QStringLiteral("https://example.org"), QStringLiteral("null")};
    for (const auto &origin : allowed)
        QVERIFY(isWelcome(origin, allowed));
    for (const char *other : {"https://example.org:444", "http://example.org", "https://EXAMPLE.org",
                              "https://example.org/", "https://a.example.org", "NULL"})
        QVERIFY2(!isWelcome(QString::fromUtf8(other), allowed), other);
    QVERIFY(isWelcome(QStringLiteral("http://localhost"), allowed));
}

void TestAccess::comparesTokens()
{
    QVERIFY(isSameToken("secret", "secret"));
    for (const char *other : {"", "s", "secre", "secres", "Secret", "secretsecret", "xecret"})
        QVERIFY2(!isSameToken(other, "secret"), other);
    QVERIFY(!isSameToken("", ""));
}

void TestAccess::tokenOfTheEnvironment()
{
    qunsetenv(tokenVariable);
    QVERIFY(takeTokenFromEnvironment().isNull());
    qputenv(tokenVariable, "secret");
    const char *place = std::getenv(tokenVariable);
    QCOMPARE(takeTokenFromEnvironment(), QByteArray("secret"));
    QVERIFY(!qEnvironmentVariableIsSet(tokenVariable));
    QCOMPARE(place[0], '\0');
    qputenv(tokenVariable, "two words");
    QCOMPARE(takeTokenFromEnvironment(), QByteArray("two words"));
    QVERIFY(!qEnvironmentVariableIsSet(tokenVariable));
    qputenv(tokenVariable, "");
    const auto empty = takeTokenFromEnvironment();
    QVERIFY(empty.isEmpty() && !empty.isNull());
    for (const auto &wrong : {empty, QByteArray("two words")})
        QVERIFY(sentenceOf<AccessError>([&] {
                    checkToken(wrong, QStringLiteral("it"));
                }).startsWith(QStringLiteral("it must hold")));
}

void TestAccess::tokenOfAFile_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QByteArray>("token");
    QTest::newRow("a line") << QByteArray("secret\n") << QByteArray("secret");
    QTest::newRow("a line of Windows") << QByteArray("secret\r\n") << QByteArray("secret");
    QTest::newRow("the longest") << QByteArray(4096, 'x') << QByteArray(4096, 'x');
    QTest::newRow("too long") << QByteArray(4097, 'x') << QByteArray();
    QTest::newRow("nothing") << QByteArray("\n") << QByteArray();
    QTest::newRow("two lines") << QByteArray("a\nb\n") << QByteArray();
    QTest::newRow("beyond ASCII") << QByteArray("é") << QByteArray();
}

void TestAccess::tokenOfAFile()
{
    QFETCH(QByteArray, content);
    QFETCH(QByteArray, token);
    const QTemporaryDir folder;
    const auto path = folder.filePath(QStringLiteral("token"));
    QVERIFY(sentenceOf<AccessError>([&] {
                tokenFromFile(path);
            }).startsWith(QStringLiteral("cannot read the token file ")));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(content);
    file.close();
    if (token.isNull())
        QVERIFY(sentenceOf<AccessError>([&] {
                    tokenFromFile(path);
                }).contains(QStringLiteral("must hold a token")));
    else
        QCOMPARE(tokenFromFile(path), token);
}

void TestAccess::findsProtocols()
{
    QCOMPARE(tokenProtocols("GET / HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Protocol: chat, liaison.token.a\r\n"
                            "sec-websocket-PROTOCOL:liaison.token.b\r\nX: liaison.token.c"),
             (QStringList{QStringLiteral("liaison.token.a"), QStringLiteral("liaison.token.b")}));
    QVERIFY(tokenProtocols("GET / HTTP/1.1").isEmpty());
    QCOMPARE(namedOrigin("GET / HTTP/1.1\r\nHost: x"), QString());
    QCOMPARE(namedOrigin("GET / HTTP/1.1\r\nOrigin: x"), QStringLiteral("x"));
    QCOMPARE(namedOrigin("GET / HTTP/1.1\r\nOrigin: x\r\norigin : y"), std::nullopt);
    QCOMPARE(namedOrigin("GET / HTTP/1.1\r\nOrigin:  "), std::nullopt);
    QVERIFY(tokenProtocols("").isEmpty());
}

QTEST_GUILESS_MAIN(TestAccess)
#include "tst_access.moc"
