// SPDX-License-Identifier: MIT
#include "textbuffer.h"

#include <QtTest>

#include <cstring>

using namespace liaison;

/// The buffer holds what was put into it, however it grows.
class TestTextBuffer : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void holdsWhatWasAppended_data();
    void holdsWhatWasAppended();
    void roomIsOnlyUsedAsFarAsCommitted();
    void roomIsAsLargeAsWanted_data();
    void roomIsAsLargeAsWanted();
};

void TestTextBuffer::holdsWhatWasAppended_data()
{
    QTest::addColumn<QByteArray>("start");
    QTest::addColumn<int>("pieceSize");
    QTest::addColumn<int>("pieces");
    QTest::newRow("nothing") << QByteArray() << 0 << 0;
    QTest::newRow("only a start") << QByteArray("{\"response\": ") << 0 << 0;
    QTest::newRow("empty pieces") << QByteArray("x") << 0 << 10;
    QTest::newRow("single characters past the first room") << QByteArray("start") << 1 << 5000;
    QTest::newRow("pieces that end where the room ends") << QByteArray() << 512 << 9;
    QTest::newRow("one piece larger than twice the room") << QByteArray("start") << 100'000 << 2;
    QTest::newRow("a start larger than the room") << QByteArray(10'000, 's') << 7 << 100;
}

void TestTextBuffer::holdsWhatWasAppended()
{
    QFETCH(QByteArray, start);
    QFETCH(int, pieceSize);
    QFETCH(int, pieces);
    TextBuffer buffer(start);
    QByteArray expected = start;
    for (int i = 0; i < pieces; ++i) {
        const char c = char('a' + i % 26);
        const QByteArray piece(pieceSize, c);
        buffer.append(piece);
        buffer.append(c);
        expected += piece + c;
    }
    QCOMPARE(buffer.take(), expected);
}

void TestTextBuffer::roomIsOnlyUsedAsFarAsCommitted()
{
    TextBuffer buffer("start ");
    std::memcpy(buffer.room(24), "12345678", 8);
    buffer.commit(5);
    buffer.room(4000);
    buffer.commit(0);
    buffer.append(" end");
    QCOMPARE(buffer.take(), QByteArray("start 12345 end"));
}

void TestTextBuffer::roomIsAsLargeAsWanted_data()
{
    QTest::addColumn<int>("size");
    for (const int size : {1, 511, 512, 513, 1024, 1025, 1 << 20})
        QTest::addRow("%d bytes", size) << size;
}

void TestTextBuffer::roomIsAsLargeAsWanted()
{
    QFETCH(int, size);
    TextBuffer buffer("ab");
    std::memset(buffer.room(size), 'x', std::size_t(size));
    buffer.commit(size);
    buffer.append('c');
    QCOMPARE(buffer.take(), "ab" + QByteArray(size, 'x') + 'c');
}

QTEST_GUILESS_MAIN(TestTextBuffer)
#include "tst_textbuffer.moc"
