// SPDX-License-Identifier: MIT
#include "process.h"
#include "trayprogram.h"

#include <QApplication>

#include <csignal>
#include <cstdio>

using namespace liaison;

namespace {

/// Qt would end the process with a crash where there is none.
bool hasDesktop()
{
    return qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY") ||
           qEnvironmentVariableIsSet("QT_QPA_PLATFORM");
}

int complain(const char *sentence, int exitCode)
{
    std::fprintf(stderr, "liaison-tray: %s\n", sentence);
    return exitCode;
}

} // namespace

int main(int argc, char *argv[])
{
    prepareProcess();
    acceptInterrupts();
    // Who reads standard output may go first.
    std::signal(SIGPIPE, SIG_IGN);
    if (!hasDesktop())
        return complain("there is no desktop to show a window on: neither DISPLAY nor WAYLAND_DISPLAY is set",
                        1);
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("Liaison"));
    QApplication::setApplicationName(QStringLiteral("liaison-tray"));
    QApplication::setQuitOnLastWindowClosed(false);
    try {
        const auto options = parseTrayOptions(QApplication::arguments());
        if (!options.output.isNull()) {
            std::fputs(options.output.toUtf8().constData(), stdout);
            return 0;
        }
        TrayProgram program(options);
        QObject::connect(&program, &TrayProgram::finished, &application, &QApplication::exit,
                         Qt::QueuedConnection);
        program.begin();
        return QApplication::exec();
    } catch (const TrayUsageError &error) {
        return complain(error.what(), 2);
    }
}
