// SPDX-License-Identifier: MIT
#include "embedding.h"

#include "bindings.h"
#include "logging.h"
#include "markers.h"
#include "options.h"
#include "process.h"
#include "traylauncher.h"

#include <QCoreApplication>

#include <cstdio>

namespace liaison {

namespace {

int run(const Options &options, const QStringList &arguments, const QString &package)
{
    int exitCode = 0;
    {
        const Interpreter interpreter(chosenInterpreter(options.python), arguments, package);
        exitCode = serve(options);
    }
    writeStopMarkers();
    return exitCode;
}

} // namespace

int runProgram(int argc, char *argv[], const QString &package)
{
    prepareProcess();
    setUpLogging(false);
    // The application refers to it until the process ends.
    static int count = argc;
    ensureApplication(count, argv);
    // Not the application's: it may be another's.
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments.append(QString::fromLocal8Bit(argv[i]));
    if (arguments.contains(QLatin1String("--tray"))) {
        acceptInterrupts();
        complain(becomeTray(arguments, QCoreApplication::applicationDirPath()));
        return 1;
    }
    try {
        const auto options = parseOptions(arguments, Program::Executable);
        if (!options.output.isNull()) {
            std::fputs(options.output.toUtf8().constData(), stdout);
            return 0;
        }
        setUpLogging(options.verbose);
        return run(options, arguments, package);
    } catch (const UsageError &error) {
        complain(QString::fromUtf8(error.what()));
        return 2;
    } catch (const std::exception &error) {
        complain(QString::fromUtf8(error.what()));
        return 1;
    }
}

} // namespace liaison
