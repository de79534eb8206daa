// SPDX-License-Identifier: MIT
#include "logging.h"

#include <QDateTime>

#include <atomic>

#include <unistd.h>

namespace liaison {

Q_LOGGING_CATEGORY(lcLiaison, "liaison", QtWarningMsg)

namespace {

bool showsLog = false;

std::atomic<int> output = STDERR_FILENO;

/// One write, so that lines of several threads do not mix.
void writeLine(const QByteArray &line)
{
    [[maybe_unused]] const auto written = ::write(output, line.constData(), std::size_t(line.size()));
}

void writeLog(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    if (type != QtFatalMsg && !showsLog)
        return;
    writeLine(QStringLiteral("%1 %2: %3\n")
                  .arg(QDateTime::currentDateTime().toString(Qt::ISODateWithMs),
                       QString::fromUtf8(context.category), message)
                  .toUtf8());
}

} // namespace

void setUpLogging(bool verbose)
{
    showsLog = verbose;
    qInstallMessageHandler(writeLog);
    if (verbose)
        QLoggingCategory::setFilterRules(QStringLiteral("liaison.debug=true\nliaison.info=true"));
}

void setLogDescriptor(int descriptor)
{
    output = descriptor;
}

void complain(const QString &sentence)
{
    writeLine("liaison: " + sentence.toUtf8() + '\n');
}

} // namespace liaison
