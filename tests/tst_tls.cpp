// SPDX-License-Identifier: MIT
#include "tls.h"

#include "access.h"
#include "sentence.h"

#include <QProcess>
#include <QSslCertificate>
#include <QSslKey>
#include <QTemporaryDir>
#include <QtTest>

using namespace liaison;

/// A certificate and its key are read, and what is wrong with them is said.
class TestTls : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();

private:
    QString path(const QString &name) const { return m_folder.filePath(name); }
    void make(const QString &name, const QStringList &algorithm);

    QTemporaryDir m_folder;
};

void TestTls::make(const QString &name, const QStringList &algorithm)
{
    QProcess openssl;
    openssl.start(QStringLiteral("openssl"),
                  QStringList{QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-nodes"),
                              QStringLiteral("-subj"), QStringLiteral("/CN=localhost"),
                              QStringLiteral("-keyout"), path(name + QStringLiteral(".key")),
                              QStringLiteral("-out"), path(name + QStringLiteral(".pem")),
                              QStringLiteral("-newkey")} +
                      algorithm);
    QVERIFY2(openssl.waitForFinished(), "openssl is needed for this test");
    QCOMPARE(openssl.exitCode(), 0);
}

void TestTls::initTestCase()
{
    make(QStringLiteral("rsa"), {QStringLiteral("rsa:2048")});
    make(QStringLiteral("other"), {QStringLiteral("rsa:2048")});
    make(QStringLiteral("ec"),
         {QStringLiteral("ec"), QStringLiteral("-pkeyopt"), QStringLiteral("ec_paramgen_curve:prime256v1")});
    QProcess::execute(QStringLiteral("openssl"), {QStringLiteral("pkcs8"), QStringLiteral("-topk8"),
                                                  QStringLiteral("-in"), path(QStringLiteral("rsa.key")),
                                                  QStringLiteral("-out"), path(QStringLiteral("locked.key")),
                                                  QStringLiteral("-passout"), QStringLiteral("pass:x")});
    QFile file(path(QStringLiteral("no.pem")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("no PEM");
}

void TestTls::reads_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("RSA") << "rsa";
    QTest::newRow("a curve") << "ec";
}

void TestTls::reads()
{
    QFETCH(QString, name);
    const auto configuration =
        tlsConfiguration(path(name + QStringLiteral(".pem")), path(name + QStringLiteral(".key")));
    QCOMPARE(configuration.localCertificate().subjectInfo(QSslCertificate::CommonName),
             QStringList{QStringLiteral("localhost")});
    QVERIFY(!configuration.privateKey().isNull());
}

void TestTls::refuses_data()
{
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("part");
    QTest::newRow("no certificate") << "none.pem" << "rsa.key" << "cannot read the TLS certificate";
    QTest::newRow("no key") << "rsa.pem" << "none.key" << "cannot read the TLS key";
    QTest::newRow("a certificate that is none") << "no.pem" << "rsa.key" << "holds no certificate in PEM";
    QTest::newRow("a key that is none") << "rsa.pem" << "no.pem" << "holds no private key";
    QTest::newRow("a certificate as key") << "rsa.pem" << "rsa.pem" << "holds no private key";
    QTest::newRow("a key with a passphrase") << "rsa.pem" << "locked.key" << "has a passphrase";
    QTest::newRow("the key of another") << "rsa.pem" << "other.key" << "is not the key of the certificate";
    QTest::newRow("a key of another kind") << "rsa.pem" << "ec.key" << "is not the key of the certificate";
}

void TestTls::refuses()
{
    QFETCH(QString, certificate);
    QFETCH(QString, key);
    QFETCH(QString, part);
    const auto sentence = sentenceOf<AccessError>([&] { tlsConfiguration(path(certificate), path(key)); });
    QVERIFY2(sentence.contains(part), qPrintable(sentence));
}

QTEST_GUILESS_MAIN(TestTls)
#include "tst_tls.moc"
