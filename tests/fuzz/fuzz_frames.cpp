// SPDX-License-Identifier: MIT
// Any bytes become messages or one fault, the same however they are cut; no message is longer than it may be.
#include "frames.h"
#include "fuzzing.h"

#include <simdjson.h>

using namespace liaison;

namespace {

constexpr qint64 longestMessage = 300;

/// What a reader makes of bytes that come in pieces of so many bytes, in one text.
QByteArray readInPieces(const QByteArray &bytes, qsizetype size)
{
    FrameReader reader(longestMessage);
    QByteArray found;
    bool hasEnded = false;
    for (qsizetype i = 0; i < bytes.size(); i += size) {
        reader.append(bytes.mid(i, size));
        while (const auto incoming = reader.next()) {
            require(!hasEnded, "nothing comes after the end");
            require(incoming->payload.size() <= longestMessage, "a message is no longer than it may be");
            hasEnded = incoming->kind == Incoming::Kind::Close || incoming->kind == Incoming::Kind::Fault;
            found += QByteArray::number(int(incoming->kind)) + ' ' + QByteArray::number(int(incoming->code)) +
                     ' ' + incoming->payload.toHex() + ' ' + incoming->reason.toUtf8() + '\n';
        }
    }
    return found;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto whole = readInPieces(bytes, bytes.size());
    for (const qsizetype piece : {1, 2, 3, 7, 64})
        require(readInPieces(bytes, piece) == whole, "how bytes are cut makes no difference", whole);
    return 0;
}
