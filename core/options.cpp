// SPDX-License-Identifier: MIT
#include "options.h"

#include "address.h"
#include "markers.h"
#include "version.h"

#include <QCommandLineParser>
#include <QRegularExpression>
#include <QWebSocket>

#include <unistd.h>

namespace liaison {

namespace {

const QString defaultAddress = QStringLiteral("localhost:8001");

ServiceOptions serviceOptions(const QCommandLineParser &parser)
{
    ServiceOptions service;
    const auto positional = parser.positionalArguments();
    if (positional.size() > 1)
        throw UsageError(QStringLiteral("one ADDRESS expected, not also \"%1\"").arg(positional.at(1)));
    service.address = positional.value(0, defaultAddress);
    try {
        const auto address = parseAddress(service.address);
        service.host = address.host;
        service.port = address.port;
        service.addresses = loopbackAddresses(address.host);
    } catch (const AddressError &error) {
        throw UsageError(QString::fromUtf8(error.what()));
    }
    if (parser.isSet(QStringLiteral("max-message-size")))
        service.maxMessageSize = parseSize(parser.value(QStringLiteral("max-message-size")));
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
    const QCommandLineOption verbose(QStringLiteral("verbose"),
                                     QStringLiteral("Write a log to standard error."));
    parser.addOptions({
        {QStringLiteral("max-message-size"),
         QStringLiteral(
             "The longest message taken, with K, M or G behind the number; by default 256M. A longer one "
             "closes its connection with code 1009."),
         QStringLiteral("BYTES")},
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
        parser.addOptions({python, constants});
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
