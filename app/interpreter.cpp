// SPDX-License-Identifier: MIT
#include "interpreter.h"

#include "bindings.h"
#include "paths.h"

#include <pybind11/embed.h>

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>

namespace py = pybind11;

// Built in, under a name of its own: the package finds it as liaison._core.
PYBIND11_EMBEDDED_MODULE(_liaison_core, module)
{
    liaison::defineCore(module);
}

namespace liaison {

namespace {

const QString embeddedVersion = QStringLiteral("%1.%2").arg(PY_MAJOR_VERSION).arg(PY_MINOR_VERSION);

/// What pyvenv.cfg says of a virtual environment's version, in the words of venv, virtualenv or uv; else
/// empty.
QString recordedVersion(const QString &interpreter)
{
    QFile file(QFileInfo(interpreter).absolutePath() + QStringLiteral("/../pyvenv.cfg"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    static const QRegularExpression entry(QStringLiteral("^\\s*version(?:_info)?\\s*=\\s*(\\d+\\.\\d+)"),
                                          QRegularExpression::MultilineOption);
    return entry.match(QString::fromUtf8(file.readAll())).captured(1);
}

/// What the interpreter itself says: its version and where it really is (a shim may stand in front of it).
QStringList askedInterpreter(const QString &path)
{
    constexpr int patience_ms = 10'000;
    QProcess process;
    process.start(
        path, {QStringLiteral("-I"), QStringLiteral("-S"), QStringLiteral("-c"),
               QStringLiteral("import sys; print('%d.%d' % sys.version_info[:2]); print(sys.executable)")});
    const bool ran = process.waitForFinished(patience_ms) && process.exitStatus() == QProcess::NormalExit &&
                     process.exitCode() == 0;
    return ran ? QString::fromUtf8(process.readAllStandardOutput()).trimmed().split(QLatin1Char('\n'))
               : QStringList();
}

QString checkedInterpreter(const QString &path)
{
    // What is recorded outlives an interpreter that has been removed.
    auto version = QFileInfo(path).isExecutable() ? recordedVersion(path) : QString();
    auto executable = path;
    if (version.isEmpty()) {
        const auto answer = askedInterpreter(path);
        if (answer.size() != 2)
            throw InterpreterError(QStringLiteral("\"%1\" is no Python interpreter that runs").arg(path));
        version = answer.at(0);
        executable = answer.at(1);
    }
    if (version != embeddedVersion)
        throw InterpreterError(
            QStringLiteral("\"%1\" is Python %2, but this program embeds Python %3: give --python "
                           "an interpreter of that version, or run \"%1 -m liaison.websocket\"")
                .arg(path, version, embeddedVersion));
    return executable;
}

void check(PyStatus status, PyConfig *config)
{
    if (!PyStatus_Exception(status))
        return;
    PyConfig_Clear(config);
    throw InterpreterError(
        QStringLiteral("Python does not start: %1").arg(QString::fromUtf8(status.err_msg)));
}

void setText(PyConfig &config, wchar_t **field, const QString &text)
{
    check(PyConfig_SetBytesString(&config, field, QFile::encodeName(text).constData()), &config);
}

/// Where the package's Python files are: in the folder given, beside the executable in a build tree, or where
/// they were installed.
QString packageFolder(const QString &given)
{
    const QDir here(QCoreApplication::applicationDirPath());
    for (const auto &path :
         {given, QString::fromUtf8(buildPackagePath), QString::fromUtf8(installedPackagePath)}) {
        const auto folder = QDir::cleanPath(here.absoluteFilePath(path));
        if (QFile::exists(folder + QStringLiteral("/liaison/__init__.py")))
            return folder;
    }
    throw InterpreterError(
        QStringLiteral("the Python package liaison is not beside this program, in \"%1\"")
            .arg(QDir::cleanPath(here.absoluteFilePath(QString::fromUtf8(installedPackagePath)))));
}

/// Makes the package importable without a new entry in sys.path, and its core the one in this program, not
/// that of an extension module which the environment may hold.
void offerPackage(const QString &folder)
{
    py::dict scope;
    scope["folder"] = folder.toStdString();
    scope["core"] = py::module_::import("_liaison_core");
    // In its first line: pybind11 imports textwrap to dedent what begins with an empty one.
    py::exec(R"(import sys
from _frozen_importlib_external import PathFinder

class LiaisonFinder:
    """Finds the package liaison where the executable has it."""

    @staticmethod
    def find_spec(name, path=None, target=None, folder=folder):
        return PathFinder.find_spec(name, [folder]) if name == "liaison" else None

sys.meta_path.insert(0, LiaisonFinder)
sys.modules["liaison._core"] = core
)",
             scope);
}

bool isBuiltWith(const QString &executable)
{
    return QFileInfo(executable).canonicalFilePath() ==
           QFileInfo(QString::fromUtf8(builtWithPython)).canonicalFilePath();
}

/// Takes the standard library from the Python that this program was built with, where the environment's is
/// another installation: its modules may want an interpreter of their own patch version. What describes the
/// installation stays theirs, and sys.path as it is.
void useOwnLibrary()
{
    py::dict scope;
    scope["library"] = builtWithLibrary;
    scope["extensions"] = builtWithExtensions;
    py::exec(R"(import os
import sys
from _frozen_importlib_external import FileFinder, _get_supported_file_loaders

class LibraryFinder(FileFinder):
    """Finds modules in a folder of the standard library, unless the interpreter's own has them."""

    def __init__(self, path, own):
        super().__init__(path, *_get_supported_file_loaders())
        self.own = FileFinder(own, *_get_supported_file_loaders())

    def find_spec(self, name, target=None):
        theirs = super().find_spec(name, target)
        if name == "sysconfig" or name.startswith("_sysconfigdata"):
            return theirs
        own = self.own.find_spec(name, target)
        return theirs if own is None or own.loader is None else own

    def invalidate_caches(self):
        super().invalidate_caches()
        self.own.invalidate_caches()

def find(path):
    if path not in own_folders:
        raise ImportError("no folder of the standard library", path=path)
    return LibraryFinder(path, own_folders[path])

theirs = os.path.dirname(os.__file__)
own_folders = {theirs: library, os.path.join(theirs, "lib-dynload"): extensions}
if os.path.isdir(library) and not os.path.samefile(library, theirs):
    sys.path_hooks.insert(0, find)
    for folder in own_folders:
        sys.path_importer_cache.pop(folder, None)
)",
             scope);
}

/// As python -m has it: the current folder is where imports look first.
void addCurrentFolder()
{
    const auto sys = py::module_::import("sys");
    if (py::getattr(sys.attr("flags"), "safe_path", py::bool_(false)).cast<bool>())
        return;
    try {
        sys.attr("path").attr("insert")(0, py::module_::import("os").attr("getcwd")());
    } catch (const py::error_already_set &error) {
        // A current folder that has been deleted is none.
        if (!error.matches(PyExc_OSError))
            throw;
    }
}

} // namespace

QString chosenInterpreter(const QString &given)
{
    if (!given.isEmpty())
        return checkedInterpreter(QFileInfo(given).absoluteFilePath());
    const auto environment = qEnvironmentVariable("VIRTUAL_ENV");
    if (!environment.isEmpty())
        return checkedInterpreter(QDir(environment).absoluteFilePath(QStringLiteral("bin/python")));
    return QString::fromUtf8(builtWithPython);
}

Interpreter::Interpreter(const QString &executable, const QStringList &arguments, const QString &package)
{
    const auto folder = packageFolder(package);
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    config.parse_argv = 0;
    config.buffered_stdio = 0;
    config.faulthandler = 1;
    setText(config, &config.program_name, executable);
    setText(config, &config.executable, executable);
    // Frozen into the library are the standard modules of the Python that this program was built with, and
    // site among them knows that one's folders: another installation must read its own.
    const bool isOwn = isBuiltWith(executable);
    if (!isOwn)
        check(PyWideStringList_Append(&config.xoptions, L"frozen_modules=off"), &config);
    for (const auto &argument : arguments) {
        const auto wide = argument.toStdWString();
        check(PyWideStringList_Append(&config.argv, wide.c_str()), &config);
    }
    check(Py_InitializeFromConfig(&config), &config);
    PyConfig_Clear(&config);
    try {
        if (!isOwn)
            useOwnLibrary();
        addCurrentFolder();
        offerPackage(folder);
    } catch (py::error_already_set &error) {
        throw InterpreterError(QString::fromUtf8(error.what()));
    }
}

Interpreter::~Interpreter()
{
    py::finalize_interpreter();
}

} // namespace liaison
