// SPDX-License-Identifier: MIT
#include "outputcapture.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include <cstdlib>

#include <fcntl.h>
#include <unistd.h>

using namespace liaison;

/// What is written to descriptors 1 and 2 goes where it went, and is told to the client whose command runs.
class TestOutputCapture : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void tellsWhoWrote();
    void charactersAreWhole();
    void whatNobodyReadsWaits();
    void descriptorsAreAsBefore();

private:
    QByteArray passedOn();
    QJsonObject told(qsizetype index) const;

    int m_stdout = -1;
    int m_readEnd = -1;
    std::unique_ptr<OutputCapture> m_capture;
    QList<std::pair<ClientId, QByteArray>> m_told;
};

void TestOutputCapture::init()
{
    m_told.clear();
    m_stdout = ::dup(STDOUT_FILENO);
    int ends[2] = {};
    QCOMPARE(::pipe2(ends, O_NONBLOCK), 0);
    ::fcntl(ends[1], F_SETFL, 0);
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[1]);
    m_readEnd = ends[0];
    m_capture = std::make_unique<OutputCapture>();
    connect(m_capture.get(), &OutputCapture::outputReady, this,
            [this](ClientId client, const QByteArray &text) { m_told.append({client, text}); });
    m_capture->start();
}

void TestOutputCapture::cleanup()
{
    if (m_capture)
        m_capture->stop();
    m_capture.reset();
    ::dup2(m_stdout, STDOUT_FILENO);
    ::close(m_stdout);
    ::close(m_readEnd);
}

QByteArray TestOutputCapture::passedOn()
{
    QByteArray bytes(1 << 20, Qt::Uninitialized);
    const auto count = ::read(m_readEnd, bytes.data(), std::size_t(bytes.size()));
    return count > 0 ? bytes.first(count) : QByteArray();
}

QJsonObject TestOutputCapture::told(qsizetype index) const
{
    return QJsonDocument::fromJson(m_told.value(index).second).object();
}

void TestOutputCapture::tellsWhoWrote()
{
    ::write(STDOUT_FILENO, "nobody's", 8);
    m_capture->begin(7, R"({"command": {}, "id": "a"})");
    QCOMPARE(passedOn(), QByteArray("nobody's"));
    ::write(STDOUT_FILENO, "C\n", 2);
    QCOMPARE(std::system("echo child"), 0);
    m_capture->end();
    QCOMPARE(passedOn(), QByteArray("C\nchild\n"));
    ::write(STDOUT_FILENO, "later", 5);
    QByteArray later;
    QTRY_VERIFY((later += passedOn()) == "later");
    QString text;
    for (qsizetype i = 0; i < m_told.size(); ++i) {
        QCOMPARE(m_told.at(i).first, ClientId(7));
        QCOMPARE(told(i).value(QLatin1String("tag")).toString(), QStringLiteral("stdout"));
        QCOMPARE(told(i).value(QLatin1String("evt")).toObject(),
                 (QJsonObject{{QStringLiteral("id"), QStringLiteral("a")}}));
        text += told(i).value(QLatin1String("text")).toString();
    }
    QCOMPARE(text, QStringLiteral("C\nchild\n"));
}

void TestOutputCapture::charactersAreWhole()
{
    m_capture->begin(1, "{}");
    const QByteArray euro = "€";
    ::write(STDOUT_FILENO, euro.constData(), 1);
    m_capture->end();
    QCOMPARE(m_told.size(), 0);
    m_capture->begin(1, "{}");
    ::write(STDOUT_FILENO, euro.constData() + 1, 2);
    ::write(STDOUT_FILENO, "\xFF", 1);
    m_capture->end();
    QCOMPARE(told(0).value(QLatin1String("text")).toString(), QString::fromUtf8("€\uFFFD"));
    QCOMPARE(passedOn(), euro + '\xFF');
}

void TestOutputCapture::whatNobodyReadsWaits()
{
    // More than a pipe holds: end() must not wait for the reader.
    const QByteArray large(200'000, 'x');
    m_capture->begin(1, "{}");
    for (qsizetype written = 0; written < large.size(); written += 50'000) {
        ::write(STDOUT_FILENO, large.constData(), 50'000);
        m_capture->end();
    }
    QByteArray all;
    QTRY_VERIFY((all += passedOn()).size() == large.size());
    QVERIFY(all == large);
}

void TestOutputCapture::descriptorsAreAsBefore()
{
    m_capture->stop();
    ::write(STDOUT_FILENO, "last", 4);
    m_capture.reset();
    ::write(STDOUT_FILENO, " words", 6);
    QCOMPARE(passedOn(), QByteArray("last words"));
}

QTEST_GUILESS_MAIN(TestOutputCapture)
#include "tst_outputcapture.moc"
