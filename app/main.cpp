// SPDX-License-Identifier: MIT
#include "bindings.h"
#include "interpreter.h"
#include "logging.h"
#include "markers.h"
#include "options.h"
#include "process.h"
#include "traylauncher.h"

#include <QCoreApplication>

#include <cstdio>

using namespace liaison;

namespace {

int run(const Options &options, const QStringList &arguments)
{
    int exitCode = 0;
    {
        const Interpreter interpreter(chosenInterpreter(options.python), arguments);
        exitCode = serve(options);
    }
    writeStopMarkers();
    return exitCode;
}

} // namespace

int main(int argc, char *argv[])
{
    prepareProcess();
    setUpLogging(false);
    ensureApplication(argc, argv);
    const auto arguments = QCoreApplication::arguments();
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
        return run(options, arguments);
    } catch (const UsageError &error) {
        complain(QString::fromUtf8(error.what()));
        return 2;
    } catch (const std::exception &error) {
        complain(QString::fromUtf8(error.what()));
        return 1;
    }
}
