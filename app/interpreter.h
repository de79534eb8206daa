// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QStringList>

#include <stdexcept>

// Told by the CMake package to programs that link this library; Liaison's own have the files beside them.
#ifndef LIAISON_PYTHON_FOLDER
#define LIAISON_PYTHON_FOLDER ""
#endif

namespace liaison {

/// Why there is no Python to serve; what() is one sentence for the user.
class InterpreterError : public std::runtime_error {
public:
    explicit InterpreterError(const QString &sentence)
        : std::runtime_error(sentence.toStdString())
    {
    }
};

/// The interpreter whose environment is to be served: the one given, else that of the activated virtual
/// environment (VIRTUAL_ENV), else the one that this program was built with.
/// @param given --python PATH, or empty
/// @return the path of an executable of the minor version that this program embeds
/// @throws InterpreterError where there is none, or it is of another version
QString chosenInterpreter(const QString &given);

/// The embedded interpreter's life: made before anything calls Python, ended after everything that does.
/// Afterwards Python is as if `executable` had been started with -u and -m, and the package liaison can be
/// imported.
class Interpreter {
public:
    /// @param executable what chosenInterpreter() answered
    /// @param arguments for sys.argv
    /// @param package the folder of the package's Python files; else they are looked for beside the program
    /// @throws InterpreterError
    Interpreter(const QString &executable, const QStringList &arguments,
                const QString &package = QStringLiteral(LIAISON_PYTHON_FOLDER));

    /// Runs what Python runs at its end: threads are waited for, atexit functions are called.
    ~Interpreter();

    Interpreter(const Interpreter &) = delete;
    Interpreter &operator=(const Interpreter &) = delete;
};

} // namespace liaison
