// SPDX-License-Identifier: MIT
#include "frames.h"

#include <QtEndian>

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace liaison {

namespace {

enum Opcode { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

constexpr char finalBit = char(0x80);
constexpr std::size_t maskSize = 4;
constexpr qint64 longestControl = 125;

/// The short lengths that say that the length follows, in two bytes or in eight.
constexpr int lengthInTwo = 126;
constexpr int lengthInEight = 127;

bool isKnown(int opcode)
{
    return opcode <= Binary || (opcode >= Close && opcode <= Pong);
}

bool mayBeSent(int code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

bool isUtf8(const QByteArray &text)
{
    return simdjson::validate_utf8(text.constData(), std::size_t(text.size()));
}

/// Appends bytes without their mask.
/// @param position of the first of them in the frame's payload
void appendUnmasked(QByteArray &target, QByteArrayView bytes, const std::array<char, maskSize> &mask,
                    qint64 position)
{
    // The mask from that position on, twice.
    std::array<char, 2 * maskSize> turned = {};
    for (std::size_t i = 0; i < turned.size(); ++i)
        turned[i] = mask[(i + std::size_t(position)) % maskSize];
    quint64 word = 0;
    std::memcpy(&word, turned.data(), sizeof(word));
    const auto start = target.size();
    target.resize(start + bytes.size());
    char *out = target.data() + start;
    qsizetype i = 0;
    for (; i + qsizetype(sizeof(word)) <= bytes.size(); i += qsizetype(sizeof(word))) {
        quint64 eight = 0;
        std::memcpy(&eight, bytes.data() + i, sizeof(eight));
        eight ^= word;
        std::memcpy(out + i, &eight, sizeof(eight));
    }
    for (; i < bytes.size(); ++i)
        out[i] = char(bytes[i] ^ turned[std::size_t(i) % maskSize]);
}

QByteArray controlFrame(Opcode opcode, QByteArrayView payload)
{
    QByteArray frame;
    frame.reserve(2 + payload.size());
    frame.append(char(finalBit | opcode));
    frame.append(char(payload.size()));
    frame.append(payload);
    return frame;
}

} // namespace

void FrameReader::append(const QByteArray &bytes)
{
    if (m_isDone)
        return;
    if (m_bytes.isEmpty())
        m_bytes = bytes;
    else
        m_bytes.append(bytes);
}

std::optional<Incoming> FrameReader::next()
{
    while (!m_isDone) {
        if (!m_isInFrame && !readHeader())
            break;
        if (!readPayload())
            break;
        m_isInFrame = false;
        if (isControl() || m_isFinal) {
            auto incoming = frameRead();
            m_isDone = incoming.kind == Incoming::Kind::Close || incoming.kind == Incoming::Kind::Fault;
            if (m_isDone)
                m_bytes.clear();
            return incoming;
        }
    }
    m_bytes.remove(0, m_offset);
    m_offset = 0;
    if (m_fault) {
        m_isDone = true;
        m_bytes.clear();
        m_message.clear();
    }
    return std::exchange(m_fault, std::nullopt);
}

void FrameReader::setFault(CloseCode code, const QString &reason)
{
    m_fault = Incoming{Incoming::Kind::Fault, {}, code, reason};
}

/// Answers whether there was one, and one that may be.
bool FrameReader::readHeader()
{
    const auto wrong = [this](const char *reason) {
        setFault(CloseCode::ProtocolError, QLatin1String(reason));
        return false;
    };
    constexpr qsizetype shortest = 2;
    if (available() < shortest)
        return false;
    const char *header = m_bytes.constData() + m_offset;
    const int shortLength = header[1] & 0x7F;
    m_isFinal = header[0] & finalBit;
    m_opcode = header[0] & 0x0F;
    if (header[0] & 0x70)
        return wrong("a reserved bit is set");
    if (!isKnown(m_opcode))
        return wrong("the opcode is unknown");
    if (!(header[1] & 0x80))
        return wrong("a client's frames must be masked");
    if (isControl() && (!m_isFinal || shortLength > longestControl))
        return wrong("a control frame must be whole and at most 125 bytes long");
    if (m_opcode == Continuation && !m_isInMessage)
        return wrong("there is no message to continue");
    if (!isControl() && m_opcode != Continuation && m_isInMessage)
        return wrong("the message before is not complete");
    const qsizetype lengthSize = shortLength == lengthInTwo ? 2 : shortLength == lengthInEight ? 8 : 0;
    if (available() < shortest + lengthSize + qsizetype(maskSize))
        return false;
    m_length = shortLength;
    if (lengthSize == 2)
        m_length = qFromBigEndian<quint16>(header + shortest);
    else if (lengthSize == 8)
        m_length = qFromBigEndian<qint64>(header + shortest);
    if (m_length < 0)
        return wrong("a length has 63 bits");
    if ((lengthSize == 2 && m_length < lengthInTwo) || (lengthSize == 8 && m_length <= 0xFFFF))
        return wrong("a length must be written as short as it can be");
    if (!isControl() && m_length > m_maxMessageSize - m_message.size()) {
        setFault(CloseCode::MessageTooBig,
                 QStringLiteral("a message may have %1 bytes").arg(m_maxMessageSize));
        return false;
    }
    std::copy_n(header + shortest + lengthSize, maskSize, m_mask.begin());
    m_offset += shortest + lengthSize + qsizetype(maskSize);
    if (m_opcode == Text || m_opcode == Binary)
        m_isText = m_opcode == Text;
    m_isInMessage = m_isInMessage || !isControl();
    m_isInFrame = true;
    m_read = 0;
    return true;
}

/// Answers whether the frame is complete.
bool FrameReader::readPayload()
{
    const auto count = qsizetype(std::min<qint64>(m_length - m_read, available()));
    appendUnmasked(isControl() ? m_control : m_message, QByteArrayView(m_bytes).sliced(m_offset, count),
                   m_mask, m_read);
    m_offset += count;
    m_read += count;
    return m_read == m_length;
}

Incoming FrameReader::frameRead()
{
    if (m_opcode == Close)
        return closeRead();
    if (isControl())
        return {m_opcode == Ping ? Incoming::Kind::Ping : Incoming::Kind::Pong,
                std::exchange(m_control, {}),
                {},
                {}};
    m_isInMessage = false;
    auto message = std::exchange(m_message, {});
    if (m_isText && !isUtf8(message))
        return {Incoming::Kind::Fault, {}, CloseCode::InvalidText, QStringLiteral("a text must be UTF-8")};
    return {Incoming::Kind::Message, std::move(message), {}, {}};
}

Incoming FrameReader::closeRead()
{
    const auto fault = [](CloseCode code, const char *reason) {
        return Incoming{Incoming::Kind::Fault, {}, code, QLatin1String(reason)};
    };
    constexpr qsizetype codeSize = 2;
    if (m_control.isEmpty())
        return {Incoming::Kind::Close, {}, CloseCode::Normal, {}};
    if (m_control.size() < codeSize)
        return fault(CloseCode::ProtocolError, "a close code has two bytes");
    const int code = qFromBigEndian<quint16>(m_control.constData());
    if (!mayBeSent(code))
        return fault(CloseCode::ProtocolError, "this close code may not be sent");
    if (!isUtf8(m_control.sliced(codeSize)))
        return fault(CloseCode::InvalidText, "a reason must be UTF-8");
    return {Incoming::Kind::Close, {}, CloseCode(code), {}};
}

void appendTextHeader(TextBuffer &bytes, qsizetype payload)
{
    constexpr qsizetype longestHeader = 10;
    char *const header = bytes.room(longestHeader);
    header[0] = char(finalBit | Text);
    if (payload < lengthInTwo) {
        header[1] = char(payload);
        bytes.commit(2);
    } else if (payload <= 0xFFFF) {
        header[1] = char(lengthInTwo);
        qToBigEndian(quint16(payload), header + 2);
        bytes.commit(4);
    } else {
        header[1] = char(lengthInEight);
        qToBigEndian(quint64(payload), header + 2);
        bytes.commit(longestHeader);
    }
}

QByteArray pongFrame(const QByteArray &payload)
{
    return controlFrame(Pong, payload);
}

QByteArray closeFrame(CloseCode code, QByteArrayView reason)
{
    std::array<char, 2> bytes = {};
    qToBigEndian(quint16(code), bytes.data());
    return controlFrame(Close, QByteArray(bytes.data(), bytes.size()) + reason.toByteArray());
}

} // namespace liaison
