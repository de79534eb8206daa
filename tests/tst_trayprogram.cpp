// SPDX-License-Identifier: MIT
#include "trayprogram.h"

#include "liaisonprocess.h"

#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include <csignal>

using namespace liaison;

/// How the program begins and ends. There is no tray where tests run: the window stands in for the icon.
class TestTrayProgram : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void quitsWithItsChild();
    void quitsOnASignal_data();
    void quitsOnASignal();
    void quitsWhenTheWindowCloses();
    void failsAsItsChildDoes();
    void staysWhenItsChildEnds();
    void leavesAloneWhatItIsAttachedTo();

private:
    QTemporaryDir m_folder;
    TrayOptions m_options;
};

void TestTrayProgram::initTestCase()
{
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
    m_options.program = QStringLiteral(LIAISON_TEST_EXECUTABLE);
    m_options.arguments = QStringList{QStringLiteral("localhost:0")};
}

void TestTrayProgram::quitsWithItsChild()
{
    TrayProgram program(m_options);
    const QSignalSpy finished(&program, &TrayProgram::finished);
    program.begin();
    QVERIFY(program.window().isVisible());
    QTRY_VERIFY(program.watched().state() == Watched::State::Watching);
    program.quit();
    QCOMPARE(finished.count(), 0);
    QTRY_COMPARE(finished.count(), 1);
    QCOMPARE(finished.at(0).at(0).toInt(), 0);
    QVERIFY(program.watched().server()->state() == Server::State::Stopped);
}

void TestTrayProgram::quitsOnASignal_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGINT") << SIGINT;
}

void TestTrayProgram::quitsOnASignal()
{
    QFETCH(int, number);
    TrayProgram program(m_options);
    const QSignalSpy finished(&program, &TrayProgram::finished);
    program.begin();
    QTRY_VERIFY(program.watched().state() == Watched::State::Watching);
    SignalWatcher::notify(number);
    QTRY_COMPARE(finished.count(), 1);
    QCOMPARE(finished.at(0).at(0).toInt(), 0);
}

void TestTrayProgram::quitsWhenTheWindowCloses()
{
    TrayProgram program(m_options);
    const QSignalSpy finished(&program, &TrayProgram::finished);
    program.begin();
    QTRY_VERIFY(program.watched().state() == Watched::State::Watching);
    program.window().close();
    QTRY_COMPARE(finished.count(), 1);
}

void TestTrayProgram::failsAsItsChildDoes()
{
    auto options = m_options;
    options.arguments = QStringList{QStringLiteral("--fly")};
    TrayProgram program(options);
    const QSignalSpy finished(&program, &TrayProgram::finished);
    program.begin();
    QTRY_COMPARE(finished.count(), 1);
    QCOMPARE(finished.at(0).at(0).toInt(), 2);
}

void TestTrayProgram::staysWhenItsChildEnds()
{
    TrayProgram program(m_options);
    const QSignalSpy finished(&program, &TrayProgram::finished);
    program.begin();
    QTRY_VERIFY(program.watched().state() == Watched::State::Watching);
    program.watched().connection().ask(R"({"command": "run", "args": ["liaison.stop"]})",
                                       [](bool, const QByteArray &) {});
    QTRY_VERIFY(program.watched().state() == Watched::State::Stopped);
    // Somebody looks at it.
    QCOMPARE(finished.count(), 0);
    program.window().close();
    QTRY_COMPARE(finished.count(), 1);
}

void TestTrayProgram::leavesAloneWhatItIsAttachedTo()
{
    const LiaisonProcess liaison;
    TrayOptions options;
    options.attachTo = liaison.address();
    TrayProgram program(options);
    const QSignalSpy finished(&program, &TrayProgram::finished);
    program.begin();
    QTRY_VERIFY(program.watched().state() == Watched::State::Watching);
    program.quit();
    QTRY_COMPARE(finished.count(), 1);
    Connection other;
    other.open(liaison.peer());
    QTRY_VERIFY(other.isOpen());
}

QTEST_MAIN(TestTrayProgram)
#include "tst_trayprogram.moc"
