// SPDX-License-Identifier: MIT
#include "transport.h"

namespace liaison {

void Transport::post(ClientId receiver, const QByteArray &text)
{
    if (m_outgoing.put({receiver, text}))
        QMetaObject::invokeMethod(this, &Transport::sendWaiting, Qt::QueuedConnection);
}

void Transport::sendWaiting()
{
    while (const auto message = m_outgoing.take())
        send(message->first, message->second);
}

} // namespace liaison
