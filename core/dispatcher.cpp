// SPDX-License-Identifier: MIT
#include "dispatcher.h"

#include "jsontext.h"
#include "logging.h"
#include "reply.h"

#include <algorithm>

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

/// One command among those of its client, for as long as it lives.
class Dispatcher::Place {
public:
    Place(std::shared_ptr<Queue> queue, qint64 bytes)
        : m_queue(std::move(queue))
        , m_bytes(bytes)
    {
        ++m_queue->count;
        m_queue->bytes += m_bytes;
    }

    ~Place()
    {
        --m_queue->count;
        m_queue->bytes -= m_bytes;
    }

    Place(const Place &) = delete;
    Place &operator=(const Place &) = delete;

private:
    std::shared_ptr<Queue> m_queue;
    qint64 m_bytes;
};

void Dispatcher::onTextReceived(ClientId client, const QByteArray &text)
{
    m_messages.append(text);
    auto parsed = parseMessage(text, m_limits.nesting);
    if (const auto *fault = std::get_if<Fault>(&parsed)) {
        if (fault->isTooDeep)
            note(Refusal::Nesting, QStringLiteral("client %1: %2").arg(client).arg(fault->reason));
        else
            qCInfo(lcLiaison) << "client" << client << "sent no command:" << fault->reason;
        Q_EMIT replied(client, errorText(*fault));
        return;
    }
    auto &command = std::get<Command>(parsed);
    command.client = client;
    command.serial = ++m_lastSerial;
    if (!answerAtOnce(command) && enqueue(command, text.size()))
        Q_EMIT commandReceived(command);
}

/// What it has asked for is done all the same, and goes on to count: else it would come back and ask for
/// more.
void Dispatcher::onClientLeft(ClientId client)
{
    const auto queue = m_queues.extract(client);
    if (queue && queue.mapped()->count > 0)
        m_left.push_back(queue.mapped());
}

/// Answers whether there was room for it among those of its client, and of clients that have left, that wait.
bool Dispatcher::enqueue(Command &command, qint64 bytes)
{
    auto &queue = m_queues[command.client];
    if (!queue)
        queue = std::make_shared<Queue>();
    int count = queue->count;
    qint64 allBytes = queue->bytes;
    if (!m_left.empty()) {
        m_left.erase(
            std::remove_if(m_left.begin(), m_left.end(), [](const auto &left) { return left->count == 0; }),
            m_left.end());
        for (const auto &left : m_left) {
            count += left->count;
            allBytes += left->bytes;
        }
    }
    if (count < m_limits.waiting && allBytes + bytes <= m_limits.waitingBytes()) {
        command.place = std::make_shared<Place>(queue, bytes);
        return true;
    }
    const auto reason =
        QStringLiteral("%1 commands of this client, of %2 bytes, wait for their answers: no more than %3, of "
                       "%4 bytes, may do so")
            .arg(count)
            .arg(allBytes)
            .arg(m_limits.waiting)
            .arg(m_limits.waitingBytes());
    note(Refusal::Waiting, QStringLiteral("client %1: %2").arg(command.client).arg(reason));
    Q_EMIT replied(command.client, errorText("BlockingIOError", reason, command.evt));
    return false;
}

void Dispatcher::note(Refusal refusal, const QString &line) const
{
    if (m_outOfBand.refused)
        m_outOfBand.refused(refusal, line);
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
    } else if (command.name == QLatin1String("monitor")) {
        answerMonitor(command);
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

/// Copies come after the answer to the command that asked for them, and none after the one that ended them.
void Dispatcher::answerMonitor(const Command &command)
{
    auto fault = argumentFault(command, 1, "on");
    const auto on = firstArgument(*command.arguments, "on");
    if (fault.isNull() && !on.isNull() && on != "true" && on != "false")
        fault = QStringLiteral("on must be true or false, not %1").arg(QString::fromUtf8(on));
    if (!fault.isNull()) {
        Q_EMIT replied(command.client, argumentError(command, fault));
        return;
    }
    const bool isWatching = on != "false";
    const auto reply = responseText(isWatching ? "true" : "false", command.evt);
    const auto watch = [&] {
        if (m_outOfBand.watch)
            m_outOfBand.watch(command.client, isWatching);
    };
    if (!isWatching)
        watch();
    Q_EMIT replied(command.client, reply);
    if (isWatching)
        watch();
}

} // namespace liaison
