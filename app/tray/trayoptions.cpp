// SPDX-License-Identifier: MIT
#include "trayoptions.h"

#include "access.h"
#include "address.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace liaison {

namespace {

const QString attachOption = QStringLiteral("attach");
const QString tokenOption = QStringLiteral("token-file");
const QString certificateOption = QStringLiteral("tls-certificate");

QByteArray tokenFor(const QCommandLineParser &parser)
{
    try {
        if (parser.isSet(tokenOption))
            return tokenFromFile(parser.value(tokenOption));
        // It stays where it is, for the child.
        const auto token = qgetenv(tokenVariable);
        if (!token.isEmpty())
            checkToken(token, QLatin1String(tokenVariable));
        return token;
    } catch (const AccessError &error) {
        throw TrayUsageError(QString::fromUtf8(error.what()));
    }
}

} // namespace

QString liaisonProgram()
{
    const QDir here(QCoreApplication::applicationDirPath());
    for (const auto &path : {QStringLiteral("liaison"), QStringLiteral("../liaison")}) {
        const QFileInfo program(here, path);
        if (program.isFile() && program.isExecutable())
            return program.canonicalFilePath();
    }
    throw TrayUsageError(
        QStringLiteral("the program liaison is not beside this one, in \"%1\"").arg(here.absolutePath()));
}

TrayOptions parseTrayOptions(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral(
        "Shows what happens between a frontend and Python: starts a Liaison with the options that it is "
        "given "
        "(liaison --help tells which there are), or attaches to one that runs, and watches it."));
    parser.addPositionalArgument(QStringLiteral("ADDRESS"), QStringLiteral("What the Liaison serves."),
                                 QStringLiteral("[OPTIONS of liaison] [ADDRESS]"));
    const QCommandLineOption help({QStringLiteral("h"), QStringLiteral("help")},
                                  QStringLiteral("Show this help."));
    parser.addOption(help);
    parser.addOptions({
        {attachOption, QStringLiteral("Watch the Liaison that serves ADDRESS already."),
         QStringLiteral("ADDRESS")},
        {tokenOption,
         QStringLiteral("The token to show; without it, that of LIAISON_TOKEN, if there is one."),
         QStringLiteral("FILE")},
        {certificateOption, QStringLiteral("It speaks TLS; trust the certificates in this PEM file."),
         QStringLiteral("FILE")},
    });
    // What else there is are options of the child, which complains by itself.
    parser.parse(arguments);
    TrayOptions options;
    if (parser.isSet(help)) {
        options.output = parser.helpText();
        return options;
    }
    options.token = tokenFor(parser);
    options.usesTls = parser.isSet(certificateOption);
    if (options.usesTls)
        options.authorities = QSslCertificate::fromPath(parser.value(certificateOption));
    options.attachTo = parser.value(attachOption);
    options.stays = arguments.contains(QStringLiteral("--stay"));
    if (parser.isSet(attachOption)) {
        try {
            if (parseAddress(options.attachTo).port == 0)
                throw TrayUsageError(
                    QStringLiteral("--attach expects the port of a Liaison that runs, not 0"));
        } catch (const AddressError &error) {
            throw TrayUsageError(QStringLiteral("--attach: ") + QString::fromUtf8(error.what()));
        }
        return options;
    }
    options.program = liaisonProgram();
    options.arguments = QStringList{QStringLiteral("--exit-with-parent")} + arguments.mid(1);
    return options;
}

} // namespace liaison
