// SPDX-License-Identifier: MIT
#include "message.h"

#include "jsontext.h"
#include "utf8.h"

#include <QJsonObject>

#include <algorithm>
#include <array>
#include <map>
#include <string>

namespace liaison {

namespace {

using simdjson::dom::element_type;

/// The members of a message, and of its "command", that the envelope keeps beside the command's name.
constexpr std::array<std::string_view, 3> messageOptions = {"timeout", "stream", "echo"};
constexpr std::array<std::string_view, 1> commandOptions = {"references"};

template <std::size_t size>
bool contains(const std::array<std::string_view, size> &names, std::string_view name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

struct InvalidCommand {
    QByteArray type;
    QString reason;
    bool isTooDeep = false;
};

QString text(std::string_view view)
{
    return textOf({view.data(), static_cast<qsizetype>(view.size())});
}

QByteArray bytes(std::string_view view)
{
    return {view.data(), qsizetype(view.size())};
}

std::string_view viewOf(const QByteArray &text)
{
    return {text.constData(), std::size_t(text.size())};
}

QByteArray minified(simdjson::dom::element element)
{
    return QByteArray::fromStdString(simdjson::minify(element));
}

bool isObject(simdjson::dom::element element)
{
    return element.is_object();
}

bool isObject(std::string_view json)
{
    return json.front() == '{';
}

bool isArray(simdjson::dom::element element)
{
    return element.is_array();
}

bool isArray(std::string_view json)
{
    return json.front() == '[';
}

bool isString(simdjson::dom::element element)
{
    return element.is_string();
}

bool isString(std::string_view json)
{
    return json.front() == '"';
}

std::string_view stringOf(simdjson::dom::element element)
{
    return element.get_string().value_unsafe();
}

std::string stringOf(std::string_view json)
{
    return unquotedJson(json).toStdString();
}

QLatin1String kindOf(simdjson::dom::element element)
{
    switch (element.type()) {
    case element_type::ARRAY:
        return QLatin1String("an array");
    case element_type::OBJECT:
        return QLatin1String("an object");
    case element_type::STRING:
        return QLatin1String("a string");
    case element_type::BOOL:
        return QLatin1String("a boolean");
    case element_type::NULL_VALUE:
        return QLatin1String("null");
    default:
        return QLatin1String("a number");
    }
}

QLatin1String kindOf(std::string_view json)
{
    switch (json.front()) {
    case '[':
        return QLatin1String("an array");
    case '{':
        return QLatin1String("an object");
    case '"':
        return QLatin1String("a string");
    case 't':
    case 'f':
        return QLatin1String("a boolean");
    case 'n':
        return QLatin1String("null");
    default:
        return QLatin1String("a number");
    }
}

QJsonValue jsonValue(simdjson::dom::element element)
{
    switch (element.type()) {
    case element_type::STRING:
        return text(element.get_string().value_unsafe());
    case element_type::INT64:
        return qint64(element.get_int64().value_unsafe());
    case element_type::BOOL:
        return element.get_bool().value_unsafe();
    case element_type::NULL_VALUE:
        return QJsonValue::Null;
    case element_type::DOUBLE:
    case element_type::UINT64:
        return element.get_double().value_unsafe();
    default:
        // No option should be a container: what says so shall see it, by way of Qt's own parser.
        return qtValue(minified(element));
    }
}

QJsonValue jsonValue(std::string_view json)
{
    if (json.front() == '"')
        return unquotedJson(json);
    return qtValue(withoutNonFinite(json));
}

/// The value of an object's member, the last of that name; empty without one.
std::string_view memberOf(std::string_view object, const QString &name)
{
    std::string_view value;
    for (const auto &member : jsonMembers(object)) {
        if (member.name == name)
            value = member.value;
    }
    return value;
}

QByteArray evtOfId(const QByteArray &id)
{
    return "{\"id\": " + id + '}';
}

/// The text of an element that simdjson writes as it was; null for numbers with a fraction, and what may
/// hold some.
QByteArray shortText(simdjson::dom::element element)
{
    if (element.is_double() || element.is_array() || element.is_object())
        return {};
    return minified(element);
}

QByteArray shortText(std::string_view)
{
    return {};
}

InvalidCommand wrongType(const char *field, const char *expected, QLatin1String got)
{
    return {"TypeError",
            QStringLiteral("%1 must be %2, not %3").arg(QLatin1String(field), QLatin1String(expected), got)};
}

InvalidCommand wrongValue(const char *field, const char *expected, const QJsonValue &got)
{
    return {"ValueError",
            QStringLiteral("%1 must be %2, not %3")
                .arg(QLatin1String(field), QLatin1String(expected), QString::fromUtf8(compactJson(got)))};
}

InvalidCommand missingField(const char *field, const char *expected)
{
    return {"KeyError",
            QStringLiteral("%1 is missing: expected %2").arg(QLatin1String(field), QLatin1String(expected))};
}

constexpr const char *commandField = "\"command\"";
constexpr const char *commandForm = R"(an object such as {"command": "run", "args": ["math:hypot", 3, 4]})";
constexpr const char *nameField = "\"command\" in \"command\"";
constexpr const char *nameForm = "a string, the command's name";

/// The name of a command and the envelope of one without options. Frontends send the same few again and
/// again, and a QJsonDocument takes ten times as long to build as the message takes to parse.
struct Plain {
    QString name;
    std::shared_ptr<const QJsonDocument> envelope;
};

Plain plainCommand(std::string_view name)
{
    constexpr std::size_t mostRemembered = 256;
    thread_local std::map<std::string, Plain, std::less<>> remembered;
    if (const auto known = remembered.find(name); known != remembered.end())
        return known->second;
    const auto plainName = text(name);
    const Plain plain{plainName,
                      std::make_shared<const QJsonDocument>(QJsonObject{
                          {QStringLiteral("command"), QJsonObject{{QStringLiteral("command"), plainName}}}})};
    if (remembered.size() < mostRemembered)
        remembered.emplace(name, plain);
    return plain;
}

/// Checks fields and collects a Command, whatever parsed them: `Json` is simdjson's element or a piece of
/// text.
template <typename Json> class CommandBuilder {
public:
    explicit CommandBuilder(Arguments &arguments)
        : m_arguments(arguments)
    {
    }

    void setMember(std::string_view name, Json value)
    {
        if (name == "command")
            m_command = value;
        else if (name == "id")
            m_id = value;
        else if (contains(messageOptions, name))
            m_options.insert(text(name), jsonValue(value));
    }

    /// What replies carry, faults included.
    /// @param message in strict JSON
    QByteArray evt(const QByteArray &message) const
    {
        if (m_options.value(QLatin1String("echo")) != QLatin1String("id"))
            return message;
        const auto id = m_id ? shortText(*m_id) : QByteArray("null");
        return id.isNull() ? idOnly(message) : evtOfId(id);
    }

    void setCommandMember(std::string_view name, Json value)
    {
        if (name == "command")
            m_name = value;
        else if (name == "args")
            m_args = value;
        else if (name == "kwargs")
            m_kwargs = value;
        else if (contains(commandOptions, name))
            m_commandOptions.insert(text(name), jsonValue(value));
    }

    Json commandObject() const
    {
        if (!m_command)
            throw missingField(commandField, commandForm);
        if (!isObject(*m_command))
            throw wrongType(commandField, commandForm, kindOf(*m_command));
        return *m_command;
    }

    Command command()
    {
        const auto options = this->options();
        if (!m_name)
            throw missingField(nameField, nameForm);
        if (!isString(*m_name))
            throw wrongType(nameField, nameForm, kindOf(*m_name));
        if (m_args && !isArray(*m_args))
            throw wrongType("\"args\"", "an array", kindOf(*m_args));
        if (m_kwargs && !isObject(*m_kwargs))
            throw wrongType("\"kwargs\"", "an object", kindOf(*m_kwargs));
        setArguments();
        auto plain = plainCommand(stringOf(*m_name));
        Command command;
        command.name = std::move(plain.name);
        command.envelope = std::move(plain.envelope);
        if (!m_options.isEmpty() || !m_commandOptions.isEmpty()) {
            m_commandOptions.insert(QLatin1String("command"), command.name);
            m_options.insert(QLatin1String("command"), m_commandOptions);
            command.envelope = std::make_shared<const QJsonDocument>(m_options);
            command.options = options;
        }
        return command;
    }

private:
    CommandOptions options() const
    {
        CommandOptions options;
        const auto with = [](const QJsonObject &object, const char *name, auto use) {
            if (const auto found = object.constFind(QLatin1String(name)); found != object.constEnd())
                use(*found);
        };
        with(m_options, "echo", [](const QJsonValue &echo) {
            if (echo != QLatin1String("id"))
                throw wrongValue("\"echo\"", "\"id\"", echo);
        });
        with(m_options, "timeout", [&](const QJsonValue &timeout) {
            options.timeout_s = timeout.toDouble(-1);
            if (!(options.timeout_s > 0))
                throw wrongValue("\"timeout\"", "a positive number of seconds", timeout);
        });
        with(m_options, "stream", [&](const QJsonValue &stream) {
            if (!stream.isBool())
                throw wrongValue("\"stream\"", "true or false", stream);
            options.streams = stream.toBool();
        });
        with(m_commandOptions, "references", [&](const QJsonValue &references) {
            static const std::map<QString, References> ways = {{QStringLiteral("top"), References::Top},
                                                               {QStringLiteral("deep"), References::Deep},
                                                               {QStringLiteral("none"), References::None}};
            const auto way = ways.find(references.toString());
            if (way == ways.end())
                throw wrongValue("\"references\"", "\"top\", \"deep\" or \"none\"", references);
            options.references = way->second;
        });
        return options;
    }

    void setArguments();

    Arguments &m_arguments;
    std::optional<Json> m_id;
    std::optional<Json> m_command;
    std::optional<Json> m_name;
    std::optional<Json> m_args;
    std::optional<Json> m_kwargs;
    QJsonObject m_options;
    QJsonObject m_commandOptions;
};

template <> void CommandBuilder<simdjson::dom::element>::setArguments()
{
    if (m_args) {
        m_arguments.args = m_args->get_array().value_unsafe();
        m_arguments.argsCount = qsizetype(m_arguments.args->size());
    }
    if (m_kwargs) {
        m_arguments.kwargs = m_kwargs->get_object().value_unsafe();
        if (m_arguments.kwargs->begin() != m_arguments.kwargs->end())
            m_arguments.firstKeyword = text(m_arguments.kwargs->begin().key());
    }
}

template <> void CommandBuilder<std::string_view>::setArguments()
{
    if (m_args) {
        m_arguments.argsText = bytes(*m_args);
        m_arguments.argsCount = jsonElementCount(*m_args);
    }
    if (m_kwargs) {
        m_arguments.kwargsText = bytes(*m_kwargs);
        const auto members = jsonMembers(*m_kwargs);
        if (!members.isEmpty())
            m_arguments.firstKeyword = members.first().name;
    }
}

void collect(CommandBuilder<simdjson::dom::element> &builder, simdjson::dom::object message)
{
    for (const auto member : message)
        builder.setMember(member.key, member.value);
}

void collectCommand(CommandBuilder<simdjson::dom::element> &builder)
{
    for (const auto member : builder.commandObject().get_object())
        builder.setCommandMember(member.key, member.value);
}

void collect(CommandBuilder<std::string_view> &builder, std::string_view message)
{
    for (const auto &member : jsonMembers(message))
        builder.setMember(member.name.toStdString(), member.value);
}

void collectCommand(CommandBuilder<std::string_view> &builder)
{
    for (const auto &member : jsonMembers(builder.commandObject()))
        builder.setCommandMember(member.name.toStdString(), member.value);
}

/// @throws InvalidCommand
template <typename Json> void checkNesting(const QByteArray &text, int mostNesting)
{
    // What it has parsed is no deeper than that.
    constexpr bool isSimdjson = std::is_same_v<Json, simdjson::dom::element>;
    if ((isSimdjson && mostNesting >= int(simdjson::DEFAULT_MAX_DEPTH)) ||
        mostNesting == std::numeric_limits<int>::max())
        return;
    const auto nesting = jsonNesting(viewOf(text));
    if (nesting > mostNesting)
        throw InvalidCommand{
            "RecursionError",
            QStringLiteral("a message may be nested %1 levels deep, not %2").arg(mostNesting).arg(nesting),
            true};
}

/// @param object the message, as something parsed it
/// @param text the same in strict JSON
template <typename Json, typename Object>
std::variant<Command, Fault> commandOrFault(const Object &object, const QByteArray &text,
                                            const QExplicitlySharedDataPointer<Arguments> &arguments,
                                            int mostNesting)
{
    CommandBuilder<Json> builder(*arguments);
    collect(builder, object);
    const auto evt = builder.evt(text);
    try {
        checkNesting<Json>(text, mostNesting);
        collectCommand(builder);
        auto command = builder.command();
        command.evt = evt;
        command.arguments = arguments;
        return command;
    } catch (const InvalidCommand &invalid) {
        return Fault{invalid.type, invalid.reason, evt, invalid.isTooDeep};
    }
}

/// The evt of a message that is no object: one still, so that clients may read evt.id.
QByteArray substituteEvt(const QByteArray &message)
{
    constexpr qsizetype longest = 200;
    // A character is at most four bytes long.
    auto start = textOf(message.first(std::min(message.size(), longest * 4)));
    qsizetype end = 0;
    for (qsizetype i = 0; i < longest && end < start.size(); ++i)
        end += start.at(end).isHighSurrogate() && end + 1 < start.size() ? 2 : 1;
    start.truncate(end);
    return "{\"id\": null, \"message\": " + quotedJson(start) + "}";
}

Fault notAnObject(const QByteArray &message, QLatin1String got)
{
    return {"TypeError", QStringLiteral("a message must be an object with a \"command\", not %1").arg(got),
            substituteEvt(message)};
}

/// What simdjson declined: no JSON, or JSON that only Python takes.
std::variant<Command, Fault> parseDeclined(const QByteArray &message,
                                           const QExplicitlySharedDataPointer<Arguments> &arguments,
                                           int mostNesting)
{
    const auto view = viewOf(message);
    try {
        if (!simdjson::validate_utf8(view))
            return Fault{"UnicodeDecodeError", QStringLiteral("a message must be UTF-8"),
                         substituteEvt(message)};
        const auto outline = scanJson(view);
        if (outline.value.front() != '{')
            return notAnObject(message, kindOf(outline.value));
        const auto strict = outline.hasNonFinite ? withoutNonFinite(view) : message;
        return commandOrFault<std::string_view>(outline.value, strict, arguments, mostNesting);
    } catch (const JsonFault &fault) {
        return Fault{"json.decoder.JSONDecodeError", QString::fromUtf8(fault.what()), substituteEvt(message)};
    }
}

/// Each thread keeps one parser for its buffers, unless a large message has made them large.
simdjson::dom::parser &idleParser()
{
    constexpr std::size_t largestKept = 1 << 20;
    thread_local simdjson::dom::parser parser;
    if (parser.capacity() > largestKept)
        parser = simdjson::dom::parser();
    return parser;
}

} // namespace

std::variant<Command, Fault> parseMessage(const QByteArray &message, int mostNesting)
{
    auto &parser = idleParser();
    const auto arguments = newArguments(message.size());
    simdjson::dom::element root;
    // A byte order mark is no JSON to Python, so it must not be to a simdjson that skips it.
    const bool declined = message.startsWith("\xEF\xBB\xBF") ||
                          parser.parse_into_document(arguments->document, message.constData(),
                                                     std::size_t(message.size()), true)
                                  .get(root) != simdjson::SUCCESS;
    if (declined)
        return parseDeclined(message, arguments, mostNesting);
    simdjson::dom::object object;
    if (root.get(object) != simdjson::SUCCESS)
        return notAnObject(message, kindOf(root));
    return commandOrFault<simdjson::dom::element>(object, message, arguments, mostNesting);
}

QByteArray idOnly(const QByteArray &message)
{
    const auto id = memberOf(scanJson(viewOf(message)).value, QStringLiteral("id"));
    return evtOfId(id.empty() ? QByteArray("null") : bytes(id));
}

QByteArray canonicalJson(const QByteArray &value)
{
    simdjson::dom::element element;
    // What simdjson declines is compared as it was written.
    if (idleParser().parse(value.constData(), std::size_t(value.size())).get(element) != simdjson::SUCCESS)
        return value.trimmed();
    return minified(element);
}

QByteArray firstArgument(const Arguments &arguments, std::string_view parameter)
{
    if (arguments.args && arguments.argsCount > 0)
        return minified(arguments.args->at(0).value_unsafe());
    if (arguments.kwargs) {
        simdjson::dom::element value;
        if (arguments.kwargs->at_key(parameter).get(value) == simdjson::SUCCESS)
            return minified(value);
    }
    // What only Python reads: an id of that kind is compared as it was written.
    if (arguments.argsCount > 0)
        return canonicalJson(arguments.argsText.sliced(1, arguments.argsText.size() - 2).trimmed());
    if (arguments.kwargsText.isEmpty())
        return {};
    const auto value = memberOf(viewOf(arguments.kwargsText), text(parameter));
    return value.empty() ? QByteArray() : canonicalJson(bytes(value));
}

QByteArray idOf(const QByteArray &message)
{
    const auto evt = idOnly(message);
    constexpr qsizetype start = std::string_view("{\"id\": ").size();
    return canonicalJson(evt.sliced(start, evt.size() - start - 1));
}

} // namespace liaison
