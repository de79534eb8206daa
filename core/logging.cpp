// SPDX-License-Identifier: MIT
#include "logging.h"

#include <QDateTime>

#include <cstdio>

namespace liaison {

Q_LOGGING_CATEGORY(lcLiaison, "liaison", QtWarningMsg)

namespace {

bool showsLog = false;

void writeLog(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    if (type != QtFatalMsg && !showsLog)
        return;
    const auto line = QStringLiteral("%1 %2: %3\n")
                          .arg(QDateTime::currentDateTime().toString(Qt::ISODateWithMs),
                               QString::fromUtf8(context.category), message)
                          .toUtf8();
    std::fwrite(line.constData(), 1, std::size_t(line.size()), stderr);
    std::fflush(stderr);
}

} // namespace

void setUpLogging(bool verbose)
{
    showsLog = verbose;
    qInstallMessageHandler(writeLog);
    if (verbose)
        QLoggingCategory::setFilterRules(QStringLiteral("liaison.debug=true\nliaison.info=true"));
}

void complain(const QString &sentence)
{
    const auto line = ("liaison: " + sentence.toUtf8() + '\n');
    std::fwrite(line.constData(), 1, std::size_t(line.size()), stderr);
    std::fflush(stderr);
}

} // namespace liaison
