// SPDX-License-Identifier: MIT
#include "dispatcher.h"

#include "logging.h"
#include "reply.h"

namespace liaison {

namespace {

/// The answer to a ping, worded as Python words the faults of a call to Companion.ping().
QByteArray pong(const Command &command)
{
    const auto &arguments = *command.arguments;
    if (!arguments.firstKeyword.isNull())
        return errorText("TypeError",
                         QStringLiteral("Companion.ping() got an unexpected keyword argument '%1'")
                             .arg(arguments.firstKeyword),
                         command.evt);
    if (arguments.argsCount > 0)
        return errorText("TypeError",
                         QStringLiteral("Companion.ping() takes 1 positional argument but %1 were given")
                             .arg(arguments.argsCount + 1),
                         command.evt);
    return responseText("\"pong\"", command.evt);
}

} // namespace

void Dispatcher::onTextReceived(ClientId client, const QByteArray &text)
{
    m_messages.append(text);
    auto parsed = parseMessage(text);
    if (const auto *fault = std::get_if<Fault>(&parsed)) {
        qCInfo(lcLiaison) << "client" << client << "sent no command:" << fault->reason;
        Q_EMIT replied(client, errorText(*fault));
        return;
    }
    auto &command = std::get<Command>(parsed);
    command.client = client;
    command.serial = ++m_lastSerial;
    if (!answerAtOnce(command))
        Q_EMIT commandReceived(command);
}

bool Dispatcher::answerAtOnce(const Command &command)
{
    if (command.name != QLatin1String("ping"))
        return false;
    Q_EMIT replied(command.client, pong(command));
    return true;
}

} // namespace liaison
