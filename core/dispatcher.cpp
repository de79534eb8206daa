// SPDX-License-Identifier: MIT
#include "dispatcher.h"

#include "jsontext.h"
#include "logging.h"
#include "reply.h"

namespace liaison {

namespace {

/// Why the arguments of a command with so many parameters are wrong, in the words of Python; null if they are
/// not.
QString argumentFault(const Command &command, qsizetype parameters, const char *parameter)
{
    const auto &arguments = *command.arguments;
    const auto method = QStringLiteral("Companion.%1()").arg(command.name);
    if (!arguments.firstKeyword.isNull() && arguments.firstKeyword != QLatin1String(parameter))
        return QStringLiteral("%1 got an unexpected keyword argument '%2'")
            .arg(method, arguments.firstKeyword);
    if (arguments.argsCount > parameters)
        return QStringLiteral("%1 takes %2 but %3 were given")
            .arg(method, parameters == 0
                             ? QStringLiteral("1 positional argument")
                             : QStringLiteral("from 1 to %1 positional arguments").arg(parameters + 1))
            .arg(arguments.argsCount + 1);
    if (arguments.argsCount > 0 && !arguments.firstKeyword.isNull())
        return QStringLiteral("%1 got multiple values for argument '%2'").arg(method, arguments.firstKeyword);
    return {};
}

QByteArray argumentError(const Command &command, const QString &fault)
{
    return errorText("TypeError", fault, command.evt);
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
    if (command.name == QLatin1String("ping")) {
        const auto fault = argumentFault(command, 0, "");
        Q_EMIT replied(command.client, fault.isNull() ? responseText("\"pong\"", command.evt)
                                                      : argumentError(command, fault));
    } else if (command.name == QLatin1String("interrupt")) {
        Q_EMIT replied(command.client, interruptReply(command));
    } else if (command.name == QLatin1String("info")) {
        Q_EMIT replied(command.client, infoReply(command));
    } else {
        return false;
    }
    return true;
}

QByteArray Dispatcher::infoReply(const Command &command) const
{
    const auto fault = argumentFault(command, 0, "");
    if (!fault.isNull())
        return argumentError(command, fault);
    const auto info = m_outOfBand.info ? m_outOfBand.info() : QJsonObject();
    return responseText(compactJson(info), command.evt);
}

QByteArray Dispatcher::interruptReply(const Command &command) const
{
    const auto fault = argumentFault(command, 1, "id");
    if (!fault.isNull())
        return argumentError(command, fault);
    const auto id = firstArgument(*command.arguments, "id");
    const bool found =
        m_outOfBand.interrupt && m_outOfBand.interrupt(command.client, id == "null" ? QByteArray() : id);
    return responseText(found ? "true" : "false", command.evt);
}

} // namespace liaison
