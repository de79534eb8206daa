// SPDX-License-Identifier: MIT
#include "watched.h"

#include "liaisonprocess.h"
#include "trayoptions.h"

#include <QFile>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

using namespace liaison;

namespace {

TrayOptions childOptions(const QStringList &arguments)
{
    TrayOptions options;
    options.program = QStringLiteral(LIAISON_TEST_EXECUTABLE);
    options.arguments = arguments;
    return options;
}

} // namespace

/// A child or another that runs: what is known of it.
class TestWatched : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void followsAChild();
    void aChildThatFails();
    void attaches();
    void speaksTls();
};

void TestWatched::followsAChild()
{
    Watched watched(childOptions({QStringLiteral("localhost:0")}));
    QVERIFY(watched.state() == Watched::State::Stopped);
    watched.begin();
    QTRY_VERIFY(watched.state() == Watched::State::Watching);
    const auto first = watched.address();
    QVERIFY(first.startsWith(QStringLiteral("localhost:")));
    QCOMPARE(watched.stateText(), QStringLiteral("watching ") + first);
    watched.server()->stop();
    QTRY_VERIFY(watched.state() == Watched::State::Stopped);
    QCOMPARE(watched.stateText(), QStringLiteral("stopped"));
    watched.server()->start();
    QTRY_VERIFY(watched.state() == Watched::State::Watching);
    watched.server()->restart();
    QTRY_VERIFY(watched.state() != Watched::State::Watching);
    QTRY_VERIFY(watched.state() == Watched::State::Watching);
    QVERIFY(watched.connection().isOpen());
}

void TestWatched::aChildThatFails()
{
    Watched watched(childOptions({QStringLiteral("--fly")}));
    watched.begin();
    QTRY_VERIFY(watched.state() == Watched::State::Failed);
    QCOMPARE(watched.stateText(), QStringLiteral("Liaison ended with exit code 2"));
}

void TestWatched::attaches()
{
    auto liaison = std::make_unique<LiaisonProcess>();
    TrayOptions options;
    options.attachTo = liaison->address();
    Watched watched(options);
    QVERIFY(!watched.server());
    watched.begin();
    QTRY_VERIFY(watched.state() == Watched::State::Watching);
    liaison.reset();
    QTRY_VERIFY(watched.state() == Watched::State::Connecting);
    QVERIFY(watched.stateText().startsWith(QStringLiteral("connecting to ") + options.attachTo));
}

void TestWatched::speaksTls()
{
    const QTemporaryDir folder;
    const auto certificate = folder.filePath(QStringLiteral("certificate.pem"));
    const auto key = folder.filePath(QStringLiteral("key.pem"));
    // Made for another name than the one it is reached by.
    QCOMPARE(QProcess::execute(QStringLiteral("openssl"),
                               {QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"),
                                QStringLiteral("rsa:2048"), QStringLiteral("-nodes"), QStringLiteral("-subj"),
                                QStringLiteral("/CN=elsewhere"), QStringLiteral("-out"), certificate,
                                QStringLiteral("-keyout"), key}),
             0);
    auto options = childOptions({QStringLiteral("--tls-certificate"), certificate,
                                 QStringLiteral("--tls-key"), key, QStringLiteral("localhost:0")});
    options.usesTls = true;
    options.authorities = QSslCertificate::fromPath(certificate);
    Watched watched(options);
    watched.begin();
    QTRY_VERIFY2(watched.state() == Watched::State::Watching, qPrintable(watched.stateText()));
}

QTEST_MAIN(TestWatched)
#include "tst_watched.moc"
