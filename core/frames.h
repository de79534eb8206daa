// SPDX-License-Identifier: MIT
#pragma once

#include "textbuffer.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <array>
#include <optional>

namespace liaison {

/// Close codes: RFC 6455, section 7.4.1, and the IANA registry that follows it.
enum class CloseCode : quint16 {
    Normal = 1000,
    GoingAway = 1001,
    ProtocolError = 1002,
    InvalidText = 1007,
    PolicyViolation = 1008,
    MessageTooBig = 1009,
    TryAgainLater = 1013,
};

/// What a client has sent.
struct Incoming {
    enum class Kind { Message, Ping, Pong, Close, Fault };
    Kind kind = Kind::Message;
    QByteArray payload;                 ///< of a message (text is valid UTF-8, binary is anything) or a ping
    CloseCode code = CloseCode::Normal; ///< what the client closes with, or what a fault is to be closed with
    QString reason;                     ///< of a fault: a sentence
};

/// Reads WebSocket frames as a server gets them: RFC 6455, section 5. Bytes go in as they come, messages come
/// out whole. Text is checked when it is whole, so that a character may be cut anywhere. Takes memory for
/// what has come, not for what a header claims.
class FrameReader {
public:
    /// @param maxMessageSize bytes; a longer message is a fault
    explicit FrameReader(qint64 maxMessageSize)
        : m_maxMessageSize(maxMessageSize)
    {
    }

    void append(const QByteArray &bytes);

    /// What comes next; null when more bytes are needed, and for ever after a close frame or a fault.
    std::optional<Incoming> next();

private:
    bool readHeader();
    bool readPayload();
    Incoming frameRead();
    Incoming closeRead();
    bool isControl() const { return m_opcode >= 8; }
    qsizetype available() const { return m_bytes.size() - m_offset; }
    void setFault(CloseCode code, const QString &reason);

    qint64 m_maxMessageSize;
    QByteArray m_bytes; ///< received, and read as far as m_offset
    qsizetype m_offset = 0;
    QByteArray m_message; ///< what has come of the message that is read
    QByteArray m_control; ///< of a control frame
    int m_opcode = 0;     ///< of the frame that is read
    bool m_isFinal = false;
    bool m_isInFrame = false;
    bool m_isInMessage = false;
    bool m_isText = false;
    std::array<char, 4> m_mask = {};
    qint64 m_length = 0; ///< of the frame's payload
    qint64 m_read = 0;   ///< of that
    std::optional<Incoming> m_fault;
    bool m_isDone = false;
};

/// Appends the header of an unmasked, final text frame.
/// @param payload bytes that are to follow
void appendTextHeader(TextBuffer &bytes, qsizetype payload);

/// A whole frame that answers a ping.
/// @param payload of the ping, at most 125 bytes
QByteArray pongFrame(const QByteArray &payload);

/// A whole close frame.
/// @param reason at most 123 bytes of UTF-8
QByteArray closeFrame(CloseCode code, QByteArrayView reason = {});

} // namespace liaison
