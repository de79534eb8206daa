// SPDX-License-Identifier: MIT
// Any bytes become a command or a fault; replies to them are JSON; both readers of messages read the same.
#include "fuzzing.h"
#include "jsontext.h"
#include "message.h"
#include "reply.h"

#include <QJsonDocument>
#include <QJsonObject>

using namespace liaison;

namespace {

std::string_view viewOf(const QByteArray &text)
{
    return {text.constData(), std::size_t(text.size())};
}

bool isScanned(const QByteArray &text)
{
    try {
        return !scanJson(viewOf(text)).hasNonFinite;
    } catch (const JsonFault &) {
        return false;
    }
}

/// By the reckoning of another parser, which has limits for depth and for numbers.
bool isJsonToQt(const QByteArray &text)
{
    QJsonParseError error;
    QJsonDocument::fromJson(text, &error);
    return error.error == QJsonParseError::NoError || error.error == QJsonParseError::DeepNesting ||
           error.error == QJsonParseError::IllegalNumber;
}

void requireJson(const QByteArray &text)
{
    require(isScanned(text), "what is sent is JSON", text);
    require(isJsonToQt(text), "what is sent is JSON to Qt", text);
}

/// The same object with a number in it that simdjson declines; null where it is empty.
QByteArray declinedForm(const QByteArray &object)
{
    const auto bracket = object.indexOf('{');
    const auto rest = object.sliced(bracket + 1).trimmed();
    return rest.startsWith('}') ? QByteArray() : "{\"big\": 123456789012345678901234567890, " + rest;
}

QByteArray onlyArgument(const Command &command)
{
    return command.arguments->argsCount > 1 ? QByteArray() : firstArgument(*command.arguments, "id");
}

void requireSameCommands(const Command &one, const Command &other)
{
    require(one.name == other.name, "the names are the same", other.evt);
    require(*one.envelope == *other.envelope, "the envelopes are the same",
            one.envelope->toJson() + other.envelope->toJson());
    require(one.options.timeout_s == other.options.timeout_s &&
                one.options.streams == other.options.streams &&
                one.options.references == other.options.references,
            "the options are the same", other.evt);
    require(one.arguments->argsCount == other.arguments->argsCount, "as many arguments", other.evt);
    require(one.arguments->firstKeyword == other.arguments->firstKeyword, "the keywords are the same",
            other.evt);
    require(onlyArgument(one) == onlyArgument(other), "the first argument is the same",
            onlyArgument(one) + " and " + onlyArgument(other));
}

void requireSame(const std::variant<Command, Fault> &one, const std::variant<Command, Fault> &other)
{
    require(one.index() == other.index(), "both are commands or both are faults");
    if (const auto *command = std::get_if<Command>(&one)) {
        requireSameCommands(*command, std::get<Command>(other));
        return;
    }
    const auto &fault = std::get<Fault>(one);
    const auto &otherFault = std::get<Fault>(other);
    require(fault.type == otherFault.type && fault.reason == otherFault.reason, "the faults are the same",
            (fault.reason + QLatin1Char('\n') + otherFault.reason).toUtf8());
}

void checkCommand(const Command &command, const QByteArray &message)
{
    require(command.arguments && command.envelope, "nothing is missing");
    requireJson(responseText("null", command.evt));
    requireJson(idOnly(command.evt));
    require(isScanned(message) ? idOf(command.evt) == idOf(message) : true, "evt has the message's id",
            command.evt);
    const auto argument = onlyArgument(command);
    for (const auto &json : {argument, idOf(command.evt)}) {
        require(canonicalJson(json) == json, "what is canonical stays as it is", json);
        require(json.isNull() || isScanned(json) || json == argument, "an id is JSON", json);
    }
}

void checkFault(const Fault &fault, const QByteArray &message)
{
    require(!fault.reason.isEmpty(), "a fault has a reason");
    requireJson(errorText(fault));
    requireJson(idOnly(fault.evt));
    constexpr qsizetype longestCharacter = 4;
    constexpr qsizetype longestEscape = 6;
    require(fault.evt.size() <= message.size() ||
                fault.evt.size() < 50 + 200 * std::max(longestCharacter, longestEscape),
            "a substitute is short", fault.evt);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray message(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto parsed = parseMessage(message);
    if (const auto *command = std::get_if<Command>(&parsed))
        checkCommand(*command, message);
    else
        checkFault(std::get<Fault>(parsed), message);
    if (isScanned(message) && message.trimmed().startsWith('{')) {
        if (const auto declined = declinedForm(message); !declined.isNull())
            requireSame(parsed, parseMessage(declined));
    }
    return 0;
}
