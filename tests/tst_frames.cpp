// SPDX-License-Identifier: MIT
#include "frames.h"

#include <QtTest>

using namespace liaison;

Q_DECLARE_METATYPE(liaison::CloseCode)

namespace {

constexpr qint64 limit = 200'000;

/// A client's frame.
/// @param first the byte of flags and opcode
QByteArray frame(int first, const QByteArray &payload, const QByteArray &mask = "\x37\xfa\x21\x3d")
{
    QByteArray bytes(1, char(first));
    if (payload.size() < 126) {
        bytes += char(0x80 | payload.size());
    } else if (payload.size() < 1 << 16) {
        bytes += char(0x80 | 126);
        bytes += char(payload.size() >> 8);
        bytes += char(payload.size());
    } else {
        bytes += char(0x80 | 127);
        for (int shift = 56; shift >= 0; shift -= 8)
            bytes += char(payload.size() >> shift);
    }
    bytes += mask;
    for (qsizetype i = 0; i < payload.size(); ++i)
        bytes += char(payload[i] ^ mask[i % 4]);
    return bytes;
}

/// All that a reader makes of bytes which come in chunks of a size, as text.
QByteArrayList readAll(const QByteArray &bytes, qsizetype chunk)
{
    FrameReader reader(limit);
    QByteArrayList found;
    for (qsizetype i = 0; i < bytes.size(); i += chunk) {
        reader.append(bytes.mid(i, chunk));
        while (const auto incoming = reader.next()) {
            static const QByteArrayList kinds = {"message ", "ping ", "pong ", "close ", "fault "};
            auto text = kinds.at(int(incoming->kind)) + incoming->payload;
            if (incoming->kind == Incoming::Kind::Close || incoming->kind == Incoming::Kind::Fault)
                text += QByteArray::number(int(incoming->code));
            found.append(text);
        }
    }
    return found;
}

} // namespace

/// Frames become messages, in whatever pieces they come.
class TestFrames : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void reads_data();
    void reads();
    void takesNoMemoryForWhatIsClaimed();
    void writesWhatItReads();
};

void TestFrames::reads_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArrayList>("expected");
    const auto row = [](const char *name, const QByteArray &bytes, const QByteArrayList &expected) {
        QTest::newRow(name) << bytes << expected;
    };
    const QByteArray euro = "€";
    const QByteArray mark = "\xEF\xBB\xBF";
    row("a text", frame(0x81, "abc"), {"message abc"});
    row("a binary", frame(0x82, "\xff"), {"message \xff"});
    row("an empty text", frame(0x81, ""), {"message "});
    row("another mask", frame(0x81, "0123456789abcdef", QByteArray("\0\0\0\1", 4)),
        {"message 0123456789abcdef"});
    row("two in one piece", frame(0x81, "a") + frame(0x81, "b"), {"message a", "message b"});
    row("lengths of two bytes", frame(0x81, QByteArray(126, 'x')), {"message " + QByteArray(126, 'x')});
    row("lengths of eight bytes", frame(0x81, QByteArray(70'000, 'x')),
        {"message " + QByteArray(70'000, 'x')});
    row("fragments, a ping in between",
        frame(0x01, "a") + frame(0x89, "?") + frame(0x00, "") + frame(0x80, "b"), {"ping ?", "message ab"});
    row("a character that is cut", frame(0x01, euro.first(1)) + frame(0x80, euro.sliced(1)),
        {"message " + euro});
    row("a byte order mark", frame(0x01, mark) + frame(0x80, mark), {"message " + mark + mark});
    row("a pong", frame(0x8A, "!"), {"pong !"});
    row("a close frame, and nothing after it", frame(0x88, "\x03\xe9x") + frame(0x81, "abc"), {"close 1001"});
    row("a close frame without a code", frame(0x88, ""), {"close 1000"});
    row("the longest message", frame(0x81, QByteArray(limit, 'x')), {"message " + QByteArray(limit, 'x')});
    row("a longer message", frame(0x81, QByteArray(limit + 1, 'x')), {"fault 1009"});
    row("a longer message in fragments", frame(0x01, QByteArray(limit, 'x')) + frame(0x80, "x"),
        {"fault 1009"});
    row("no mask",
        QByteArray("\x81\x01"
                   "a"),
        {"fault 1002"});
    row("a reserved bit", frame(0xC1, "a"), {"fault 1002"});
    row("an unknown opcode", frame(0x83, "a"), {"fault 1002"});
    row("an unknown control opcode", frame(0x8B, "a"), {"fault 1002"});
    row("a long ping", frame(0x89, QByteArray(126, 'x')), {"fault 1002"});
    row("a ping in fragments", frame(0x09, "x"), {"fault 1002"});
    row("nothing to continue", frame(0x80, "x"), {"fault 1002"});
    row("a message in a message", frame(0x01, "x") + frame(0x81, "y"), {"fault 1002"});
    row("a length that could be shorter", QByteArray("\x81\xfe\0\x05", 4) + "mask", {"fault 1002"});
    row("a length of 64 bits", "\x81\xff" + QByteArray(8, '\xff') + "mask", {"fault 1002"});
    row("a text that is no UTF-8", frame(0x81, "a\xff"), {"fault 1007"});
    row("a text that ends in a character", frame(0x81, euro.first(2)), {"fault 1007"});
    row("half a close code", frame(0x88, "\x03"), {"fault 1002"});
    row("a close code that may not be sent", frame(0x88, "\x03\xed"), {"fault 1002"});
    row("a reason that is no UTF-8", frame(0x88, "\x03\xe8\xff"), {"fault 1007"});
    row("what comes before a fault counts", frame(0x81, "a") + frame(0x83, "") + frame(0x81, "b"),
        {"message a", "fault 1002"});
}

void TestFrames::reads()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArrayList, expected);
    for (const qsizetype chunk : {bytes.size(), qsizetype(1), qsizetype(2), qsizetype(3), qsizetype(1000)})
        QVERIFY(readAll(bytes, chunk) == expected);
}

void TestFrames::takesNoMemoryForWhatIsClaimed()
{
    FrameReader reader(qint64(1) << 60);
    QByteArray header("\x81\xff\0\0", 4);
    header += QByteArray(6, '\x10') + "mask" + "begin";
    reader.append(header);
    QVERIFY(!reader.next());
}

void TestFrames::writesWhatItReads()
{
    for (const int size : {0, 125, 126, 0xFFFF, 0x10000}) {
        TextBuffer bytes;
        appendTextHeader(bytes, size);
        // A client's frame differs by the mask.
        auto expected = frame(0x81, QByteArray(size, 'x'), QByteArray(4, '\0')).chopped(size + 4);
        expected[1] = char(expected[1] & 0x7F);
        QCOMPARE(bytes.take(), expected);
    }
    QCOMPARE(pongFrame("?"), QByteArray("\x8A\x01?"));
    QCOMPARE(closeFrame(CloseCode::GoingAway, "bye"), QByteArray("\x88\x05\x03\xE9"
                                                                 "bye"));
}

QTEST_GUILESS_MAIN(TestFrames)
#include "tst_frames.moc"
