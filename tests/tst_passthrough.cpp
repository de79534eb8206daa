// SPDX-License-Identifier: MIT
#include "passthrough.h"

#include <QSignalSpy>
#include <QtTest>

#include <array>

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

using namespace liaison;

/// What comes in goes out, in the same pieces, and no faster than it is read.
class TestPassthrough : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void handsOn_data();
    void handsOn();
    void waitsForTheReader();
    void aReaderThatHasGoneIsNoReasonToWait();
    void drainsAtTheEnd();
    void beginsAnew();

private:
    QByteArray readAll() const;

    std::array<int, 2> m_ends = {-1, -1};
};

void TestPassthrough::init()
{
    std::signal(SIGPIPE, SIG_IGN);
    QCOMPARE(::pipe2(m_ends.data(), O_CLOEXEC), 0);
    ::fcntl(m_ends[0], F_SETFL, O_NONBLOCK);
}

void TestPassthrough::cleanup()
{
    for (const int end : m_ends)
        ::close(end);
}

QByteArray TestPassthrough::readAll() const
{
    QByteArray all;
    QByteArray piece(1 << 16, Qt::Uninitialized);
    for (;;) {
        const auto count = ::read(m_ends[0], piece.data(), std::size_t(piece.size()));
        if (count <= 0)
            return all;
        all += piece.first(count);
    }
}

void TestPassthrough::handsOn_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("a marker") << QByteArray("LIAISON:CONNECTED@localhost:8001");
    QTest::newRow("bytes of any kind") << QByteArray("\0\xff\n\xc3", 4);
    QTest::newRow("more than a write takes") << QByteArray(20'000, 'x');
}

void TestPassthrough::handsOn()
{
    QFETCH(QByteArray, text);
    Passthrough passthrough(m_ends[1]);
    const QSignalSpy passed(&passthrough, &Passthrough::passed);
    const int input = passthrough.open();
    QVERIFY(input >= 0);
    QCOMPARE(::write(input, text.constData(), std::size_t(text.size())), text.size());
    QByteArray got;
    QTRY_VERIFY((got += readAll()).size() >= text.size());
    QCOMPARE(got, text);
    QByteArray shown;
    for (const auto &arguments : passed)
        shown += arguments.at(0).toByteArray();
    QCOMPARE(shown, text);
    if (text.size() < 4096)
        QCOMPARE(passed.count(), 1);
}

void TestPassthrough::waitsForTheReader()
{
    Passthrough passthrough(m_ends[1]);
    const int input = ::fcntl(passthrough.open(), F_DUPFD_CLOEXEC, 0);
    ::fcntl(input, F_SETFL, O_NONBLOCK);
    const QByteArray block(4096, 'y');
    qsizetype written = 0;
    // Both pipes fill; then who writes has to wait, which is noticed by nothing moving for a while.
    const auto fill = [&] {
        for (;;) {
            const auto count = ::write(input, block.constData(), std::size_t(block.size()));
            if (count <= 0)
                return;
            written += count;
        }
    };
    qsizetype before = -1;
    while (before != written) {
        before = written;
        QTest::qWait(50);
        fill();
    }
    constexpr qsizetype some = 1 << 20;
    QVERIFY2(written < some, qPrintable(QString::number(written)));
    ::close(input);
    passthrough.closeWriteEnd();
    QByteArray got;
    QTRY_VERIFY((got += readAll()).size() >= written);
    QCOMPARE(got.size(), written);
}

void TestPassthrough::aReaderThatHasGoneIsNoReasonToWait()
{
    Passthrough passthrough(m_ends[1]);
    const QSignalSpy passed(&passthrough, &Passthrough::passed);
    const int input = passthrough.open();
    ::close(std::exchange(m_ends[0], -1));
    for (int i = 1; i <= 3; ++i) {
        QCOMPARE(::write(input, "abc", 3), ssize_t(3));
        QTRY_COMPARE(passed.count(), i);
    }
}

void TestPassthrough::drainsAtTheEnd()
{
    Passthrough passthrough(m_ends[1]);
    const int input = passthrough.open();
    QCOMPARE(::write(input, "the last words", 14), ssize_t(14));
    passthrough.closeWriteEnd();
    passthrough.drain();
    QCOMPARE(readAll(), QByteArray("the last words"));
}

void TestPassthrough::beginsAnew()
{
    Passthrough passthrough(m_ends[1]);
    for (int i = 0; i < 3; ++i) {
        const int input = passthrough.open();
        QCOMPARE(::write(input, "abc", 3), ssize_t(3));
        QByteArray got;
        QTRY_COMPARE((got += readAll()), QByteArray("abc"));
    }
}

QTEST_GUILESS_MAIN(TestPassthrough)
#include "tst_passthrough.moc"
