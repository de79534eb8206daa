// SPDX-License-Identifier: MIT
#include "calltracker.h"

#include "jsontext.h"
#include "message.h"

#include <utility>

namespace liaison {

namespace {

/// A target or an error's type is shown in a cell: no more of it is kept.
constexpr qsizetype longestCell = 300;

QByteArray bytesOf(std::string_view text)
{
    return {text.data(), qsizetype(text.size())};
}

QString textOf(std::string_view json)
{
    return json.starts_with('"') ? unquotedJson(json)
                                 : QString::fromUtf8(json.data(), qsizetype(json.size()));
}

std::string_view viewOf(const QByteArray &text)
{
    return {text.constData(), std::size_t(text.size())};
}

/// The members of a text that is an object; none of any other.
QList<JsonMember> membersOf(std::string_view text)
{
    try {
        const auto outline = scanJson(text);
        return outline.value.starts_with('{') ? jsonMembers(outline.value) : QList<JsonMember>();
    } catch (const JsonFault &) {
        return {};
    }
}

std::string_view member(const QList<JsonMember> &members, QLatin1String name)
{
    // The last of duplicates counts.
    for (auto each = members.crbegin(); each != members.crend(); ++each) {
        if (each->name == name)
            return each->value;
    }
    return {};
}

/// What init and register are about comes second; the others name it first.
bool namesTargetSecond(const QString &command)
{
    return command == QLatin1String("init") || command == QLatin1String("register");
}

/// The argument of a command that says what it is about, as text.
QString targetOf(const QList<JsonMember> &command, const QString &name)
{
    const auto args = member(command, QLatin1String("args"));
    const auto elements = args.starts_with('[') ? jsonElements(args) : std::vector<std::string_view>();
    const std::size_t index = namesTargetSecond(name) ? 1 : 0;
    if (elements.size() > index)
        return textOf(elements[index]).left(longestCell);
    const auto kwargs = membersOf(member(command, QLatin1String("kwargs")));
    for (const char *keyword : {"fcn", "cls", "target", "name"}) {
        const auto value = member(kwargs, QLatin1String(keyword));
        if (!value.empty())
            return textOf(value).left(longestCell);
    }
    return elements.empty() ? QString() : textOf(elements[0]).left(longestCell);
}

} // namespace

void CallTracker::take(const QByteArray &copy)
{
    const auto members = membersOf(viewOf(copy));
    const auto lost = member(members, QLatin1String("lost"));
    if (!lost.empty()) {
        m_batch.lost += bytesOf(lost).toLongLong();
        forgetOpen();
        return;
    }
    const auto text = textOf(member(members, QLatin1String("text"))).toUtf8();
    const auto client = bytesOf(member(members, QLatin1String("client"))).toULongLong();
    const auto time_s = bytesOf(member(members, QLatin1String("time"))).toDouble();
    if (member(members, QLatin1String("direction")) == "\"in\"")
        onReceived(client, time_s, text);
    else
        onSent(client, time_s, text);
}

void CallTracker::onReceived(ClientId client, double time_s, const QByteArray &text)
{
    Call call;
    call.client = client;
    call.time_s = time_s;
    call.message = text;
    const auto members = membersOf(viewOf(text));
    call.id = members.isEmpty() ? QByteArray("null") : idOf(text);
    if (viewOf(call.id).starts_with(ownIdStart))
        return;
    const auto command = membersOf(member(members, QLatin1String("command")));
    call.command = textOf(member(command, QLatin1String("command"))).left(longestCell);
    call.target = targetOf(command, call.command);
    begin(std::move(call));
}

void CallTracker::begin(Call call)
{
    call.number = ++m_lastNumber;
    if (call.state == CallState::Running) {
        m_open.insert(call.number, {call.client, call.id});
        m_numbers[call.client][call.id].enqueue(call.number);
    }
    m_batch.bytes += call.bytes();
    m_batch.begun.append(std::move(call));
}

void CallTracker::onSent(ClientId client, double time_s, const QByteArray &text)
{
    const auto members = membersOf(viewOf(text));
    const auto tag = member(members, QLatin1String("tag"));
    const auto evt = member(members, QLatin1String("evt"));
    if (tag == "\"stdout\"" || tag == "\"stderr\"") {
        const auto output = textOf(member(members, QLatin1String("text"))).toUtf8();
        m_batch.bytes += output.size();
        m_batch.output.append({tag == "\"stderr\"", output});
        return;
    }
    if (tag == "\"item\"")
        return;
    const bool isResponse = tag == "\"response\"";
    if (client == everyClient || (!isResponse && tag != "\"error\"")) {
        onPushed(client, time_s, text);
        return;
    }
    CallEnd finished;
    finished.number = takeOpen(client, idOf(bytesOf(evt)));
    if (finished.number == 0)
        return;
    finished.time_s = time_s;
    finished.state = isResponse ? CallState::Done : CallState::Failed;
    finished.answer = text;
    if (!isResponse) {
        const auto exception = membersOf(member(members, QLatin1String("exception")));
        finished.errorType = textOf(member(exception, QLatin1String("type"))).left(longestCell);
    }
    end(std::move(finished));
}

void CallTracker::onPushed(ClientId client, double time_s, const QByteArray &text)
{
    Call push;
    push.client = client;
    push.time_s = time_s;
    push.state = CallState::Pushed;
    push.answer = text;
    push.target = textOf(member(membersOf(viewOf(text)), QLatin1String("tag"))).left(longestCell);
    begin(std::move(push));
}

/// The oldest call of a client with that id; 0 without one.
quint64 CallTracker::takeOpen(ClientId client, const QByteArray &id)
{
    const auto ofClient = m_numbers.find(client);
    if (ofClient == m_numbers.end())
        return 0;
    const auto found = ofClient->find(id);
    if (found == ofClient->end())
        return 0;
    const auto number = found->dequeue();
    if (found->isEmpty())
        ofClient->erase(found);
    if (ofClient->isEmpty())
        m_numbers.erase(ofClient);
    m_open.remove(number);
    return number;
}

void CallTracker::end(CallEnd end)
{
    m_batch.bytes += end.answer.size();
    const auto first = m_batch.begun.isEmpty() ? m_lastNumber + 1 : m_batch.begun.first().number;
    if (end.number < first) {
        m_batch.ended.append(std::move(end));
        return;
    }
    auto &call = m_batch.begun[qsizetype(end.number - first)];
    call.duration_s = end.time_s - call.time_s;
    call.state = end.state;
    call.errorType = std::move(end.errorType);
    call.answer = std::move(end.answer);
}

void CallTracker::forgetOpen()
{
    const auto open = std::exchange(m_open, {});
    m_numbers.clear();
    for (auto number = open.keyBegin(); number != open.keyEnd(); ++number) {
        CallEnd unknown;
        unknown.number = *number;
        unknown.state = CallState::Unknown;
        end(std::move(unknown));
    }
}

CallBatch CallTracker::takeBatch()
{
    return std::exchange(m_batch, {});
}

} // namespace liaison
