// SPDX-License-Identifier: MIT
#include "options.h"

#include "access.h"
#include "address.h"
#include "markers.h"
#include "version.h"

#include <QCommandLineParser>
#include <QRegularExpression>
#include <QWebSocket>

#include <limits>

#include <unistd.h>

namespace liaison {

namespace {

const QString defaultAddress = QStringLiteral("localhost:8001");

void readAccess(const QCommandLineParser &parser, ServiceOptions &service)
{
    // It leaves the environment in any case.
    service.token = takeTokenFromEnvironment();
    if (parser.isSet(QStringLiteral("token-file")))
        service.token = tokenFromFile(parser.value(QStringLiteral("token-file")));
    else if (!service.token.isNull())
        checkToken(service.token, QLatin1String(tokenVariable));
    service.allowedOrigins = parser.values(QStringLiteral("allow-origin"));
    service.allowsRemote = parser.isSet(QStringLiteral("allow-remote"));
    service.tlsCertificate = parser.value(QStringLiteral("tls-certificate"));
    service.tlsKey = parser.value(QStringLiteral("tls-key"));
    if (service.tlsCertificate.isEmpty() != service.tlsKey.isEmpty())
        throw UsageError(QStringLiteral("--tls-certificate and --tls-key belong together: one is missing"));
}

int parseCount(const QString &option, const QString &text)
{
    bool isNumber = false;
    const int number = text.toInt(&isNumber);
    if (!isNumber || number < 1)
        throw UsageError(QStringLiteral("--%1 expects a number from 1 to %2, not \"%3\"")
                             .arg(option)
                             .arg(std::numeric_limits<int>::max())
                             .arg(text));
    return number;
}

double parseSeconds(const QString &option, const QString &text)
{
    constexpr double most = 86'400;
    bool isNumber = false;
    const double seconds = text.toDouble(&isNumber);
    if (!isNumber || !(seconds > 0) || seconds > most)
        throw UsageError(QStringLiteral("--%1 expects seconds, more than 0 and at most a day, not \"%2\"")
                             .arg(option, text));
    return seconds;
}

void readLimits(const QCommandLineParser &parser, Limits &limits)
{
    const auto read = [&](const QString &option, auto parse, auto &limit) {
        if (parser.isSet(option))
            limit = parse(option, parser.value(option));
    };
    const auto size = [](const QString &, const QString &text) { return parseSize(text); };
    read(QStringLiteral("max-message-size"), size, limits.messageSize);
    read(QStringLiteral("max-unread"), size, limits.unread);
    read(QStringLiteral("max-connections"), parseCount, limits.connections);
    read(QStringLiteral("max-waiting"), parseCount, limits.waiting);
    read(QStringLiteral("max-nesting"), parseCount, limits.nesting);
    read(QStringLiteral("handshake-time"), parseSeconds, limits.handshakeTime_s);
    read(QStringLiteral("stall-time"), parseSeconds, limits.stallTime_s);
}

ServiceOptions serviceOptions(const QCommandLineParser &parser)
{
    ServiceOptions service;
    const auto positional = parser.positionalArguments();
    if (positional.size() > 1)
        throw UsageError(QStringLiteral("one ADDRESS expected, not also \"%1\"").arg(positional.at(1)));
    service.address = positional.value(0, defaultAddress);
    readAccess(parser, service);
    readLimits(parser, service.limits);
    try {
        const auto address = parseAddress(service.address);
        service.host = address.host;
        service.port = address.port;
        service.addresses = servedAddresses(address.host, service.allowsRemote && !service.token.isEmpty());
    } catch (const AddressError &error) {
        throw UsageError(QString::fromUtf8(error.what()));
    }
    service.stays = parser.isSet(QStringLiteral("stay"));
    service.exitsWithParent = parser.isSet(QStringLiteral("exit-with-parent"));
    service.parent = ::getppid();
    service.streamsOutput = parser.isSet(QStringLiteral("stream-output"));
    service.newlines = parser.isSet(QStringLiteral("marker-newline"));
    service.ownsProcess = true;
    return service;
}

} // namespace

Options parseOptions(const QStringList &arguments, Program program)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral(
        "Serves Python to a frontend: JSON commands come in over a WebSocket, answers go back."));
    parser.addPositionalArgument(
        QStringLiteral("ADDRESS"),
        QStringLiteral("host:port to serve, by default %1; port 0 picks a free one, which "
                       "the start marker names.")
            .arg(defaultAddress),
        QStringLiteral("[ADDRESS]"));
    const QCommandLineOption help({QStringLiteral("h"), QStringLiteral("help")},
                                  QStringLiteral("Show this help."));
    const QCommandLineOption version(QStringLiteral("version"), QStringLiteral("Show the version."));
    const QCommandLineOption constants(QStringLiteral("constants"),
                                       QStringLiteral("Print the markers that frontends look for, as JSON."));
    const QCommandLineOption python(
        QStringLiteral("python"),
        QStringLiteral("The interpreter whose environment to serve; by default that of "
                       "the activated virtual environment, else the one that this "
                       "program was built with."),
        QStringLiteral("PATH"));
    const QCommandLineOption tray(
        QStringLiteral("tray"),
        QStringLiteral(
            "Do the same with an icon and a window that show what happens; with --attach ADDRESS, those "
            "of a Liaison that runs."));
    const QCommandLineOption verbose(QStringLiteral("verbose"),
                                     QStringLiteral("Write a log to standard error."));
    const Limits defaults;
    parser.addOptions({
        {QStringLiteral("max-message-size"),
         QStringLiteral(
             "The longest message taken, with K, M or G behind the number; by default 256M. A longer one "
             "closes its connection with code 1009."),
         QStringLiteral("BYTES")},
        {QStringLiteral("allow-origin"),
         QStringLiteral(
             "Let pages of this origin connect, such as https://example.org; may be repeated. Pages "
             "of this machine and clients that are no pages may do so anyhow."),
         QStringLiteral("ORIGIN")},
        {QStringLiteral("token-file"),
         QStringLiteral("Clients must show the token in this file; or, without this option, the one in the "
                        "environment variable LIAISON_TOKEN, if there is one."),
         QStringLiteral("FILE")},
        {QStringLiteral("allow-remote"),
         QStringLiteral("Serve an address that other machines can reach; needs a token.")},
        {QStringLiteral("tls-certificate"),
         QStringLiteral("Speak TLS (wss://), with the certificates in this PEM file."),
         QStringLiteral("FILE")},
        {QStringLiteral("tls-key"), QStringLiteral("The private key to it, in PEM."), QStringLiteral("FILE")},
        {QStringLiteral("max-connections"),
         QStringLiteral("So many clients may be connected, by default %1. One more is closed with code 1013.")
             .arg(defaults.connections),
         QStringLiteral("NUMBER")},
        {QStringLiteral("max-waiting"),
         QStringLiteral("So many commands of a client may wait for their answers, by default %1. One more "
                        "gets an error reply.")
             .arg(defaults.waiting),
         QStringLiteral("NUMBER")},
        {QStringLiteral("max-unread"),
         QStringLiteral("So much may wait to be read by a slow client, by default 256M. More closes its "
                        "connection with code 1013."),
         QStringLiteral("BYTES")},
        {QStringLiteral("max-nesting"),
         QStringLiteral(
             "So many brackets within brackets may a message have, by default %1. A deeper one gets "
             "an error reply.")
             .arg(defaults.nesting),
         QStringLiteral("NUMBER")},
        {QStringLiteral("handshake-time"),
         QStringLiteral("So long a connection may take to become a WebSocket, by default %1 s.")
             .arg(defaults.handshakeTime_s),
         QStringLiteral("SECONDS")},
        {QStringLiteral("stall-time"),
         QStringLiteral(
             "So long a client may read nothing while a stream waits for it, by default %1 s. Then "
             "its connection is closed with code 1013.")
             .arg(defaults.stallTime_s),
         QStringLiteral("SECONDS")},
        {QStringLiteral("stay"),
         QStringLiteral(
             "Go on when the frontend is gone. Without it the process ends 10 seconds after standard "
             "input, if it was a pipe, has closed and the last client has left.")},
        {QStringLiteral("exit-with-parent"),
         QStringLiteral("End when the process that launched this one has ended, however it did.")},
        {QStringLiteral("stream-output"),
         QStringLiteral(
             "Send what a command writes to standard output and standard error to its client as well, "
             "in messages with a tag for each.")},
        {QStringLiteral("marker-newline"), QStringLiteral("End the markers with a newline.")},
        verbose,
    });
    if (program == Program::Executable)
        parser.addOptions({python, tray, constants});
    parser.addOptions({version, help});
    if (!parser.parse(arguments))
        throw UsageError(parser.errorText());

    Options options;
    if (parser.isSet(help))
        options.output = parser.helpText();
    else if (parser.isSet(version))
        options.output = QStringLiteral("liaison %1\n").arg(QLatin1String(versionText));
    else if (program == Program::Executable && parser.isSet(constants))
        options.output = QLatin1String(constantsText);
    if (!options.output.isNull())
        return options;
    options.service = serviceOptions(parser);
    options.verbose = parser.isSet(verbose);
    if (program == Program::Executable && parser.isSet(python)) {
        options.python = parser.value(python);
        if (options.python.isEmpty())
            throw UsageError(QStringLiteral("--python expects the path of an interpreter"));
    }
    return options;
}

qint64 parseSize(const QString &text)
{
    static const QRegularExpression form(QStringLiteral("^(\\d{1,18})([KMG]?)\\z"),
                                         QRegularExpression::CaseInsensitiveOption);
    const auto match = form.match(text);
    const auto unit = match.captured(2).toUpper();
    const int shift = unit.isEmpty()               ? 0
                      : unit == QLatin1String("K") ? 10
                      : unit == QLatin1String("M") ? 20
                                                   : 30;
    const auto largest = qint64(QWebSocket::maxIncomingMessageSize());
    const qint64 number = match.captured(1).toLongLong();
    if (!match.hasMatch() || number == 0 || number > (largest >> shift))
        throw UsageError(
            QStringLiteral("a size must be a number of bytes from 1 to %1, or one with K, M or G behind "
                           "it, not \"%2\"")
                .arg(largest)
                .arg(text));
    return number << shift;
}

} // namespace liaison
