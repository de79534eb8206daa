// SPDX-License-Identifier: MIT
#pragma once

#include <QtGlobal>

namespace liaison {

/// What a client may ask of the process; beyond it somebody is told so.
struct Limits {
    qint64 messageSize = qint64(256) << 20; ///< bytes; a longer message closes its connection with code 1009
    int connections = 256;                  ///< one more is closed with code 1013
    int waiting = 100'000; ///< commands of a client that are not answered yet; one more is an error reply
    qint64 unread = qint64(256) << 20; ///< bytes sent to a client that it has not read; more closes it with
                                       ///< code 1013
    double stallTime_s = 30;     ///< so long a client may read nothing at all while a stream waits for it
    double handshakeTime_s = 10; ///< until a connection has to be a WebSocket
    int nesting = 100'000;       ///< brackets within brackets; a deeper message is an error reply

    /// Bytes of a client's commands that are not answered yet; more is an error reply.
    qint64 waitingBytes() const { return 4 * messageSize; }
};

} // namespace liaison
