// SPDX-License-Identifier: MIT
#pragma once

#include "bindings.h"

#include <pybind11/embed.h>

#include <QCoreApplication>
#include <QFile>
#include <QString>
#include <QtTest>

// Built in, under a name of its own: the package finds it as liaison._core.
PYBIND11_EMBEDDED_MODULE(_liaison_core, module)
{
    liaison::defineCore(module);
}

namespace liaison {

/// The one interpreter of a test program; the package liaison can be imported in it. LIAISON_TEST_PYTHON in
/// the environment names another interpreter's environment, such as one that has numpy.
class TestInterpreter {
public:
    TestInterpreter()
    {
        PyConfig config;
        PyConfig_InitIsolatedConfig(&config);
        config.install_signal_handlers = 1;
        const auto python = qEnvironmentVariable("LIAISON_TEST_PYTHON", QStringLiteral(LIAISON_TEST_PYTHON));
        PyConfig_SetBytesString(&config, &config.program_name, QFile::encodeName(python).constData());
        const auto status = Py_InitializeFromConfig(&config);
        PyConfig_Clear(&config);
        if (PyStatus_Exception(status))
            qFatal("Python does not start: %s", status.err_msg);
        const auto sys = pybind11::module_::import("sys");
        sys.attr("path").attr("insert")(0, LIAISON_TEST_PACKAGE_DIR);
        sys.attr("modules")["liaison._core"] = pybind11::module_::import("_liaison_core");
        sys.attr("dont_write_bytecode") = true;
    }

    ~TestInterpreter() { pybind11::finalize_interpreter(); }

    TestInterpreter(const TestInterpreter &) = delete;
    TestInterpreter &operator=(const TestInterpreter &) = delete;
};

/// The globals after some Python code has run.
inline pybind11::dict executed(const QString &code)
{
    pybind11::dict scope;
    scope["__name__"] = "test_code";
    scope["__builtins__"] = pybind11::module_::import("builtins");
    pybind11::exec(code.toStdString(), scope);
    return scope;
}

/// What a Python expression is. Lines in front of its last one are statements.
inline pybind11::object evaluated(const QString &code)
{
    const auto lastLine = code.lastIndexOf(QLatin1Char('\n')) + 1;
    const auto scope = executed(code.left(lastLine));
    return pybind11::eval(code.mid(lastLine).toStdString(), scope);
}

inline QString pythonText(pybind11::handle object)
{
    return QString::fromStdString(pybind11::str(object));
}

inline QString pythonRepr(pybind11::handle object)
{
    return QString::fromStdString(pybind11::repr(object));
}

/// The last line of the exception that a call raises, "Type: message"; null where it raises none.
template <typename Function> QString raised(Function function)
{
    try {
        function();
    } catch (pybind11::error_already_set &error) {
        const auto lines =
            pybind11::module_::import("traceback").attr("format_exception_only")(error.type(), error.value());
        return pythonText(lines[pybind11::int_(-1)]).trimmed();
    }
    return {};
}

/// Runs the tests of a class with the GIL held and an interpreter around them.
template <typename Test> int runWithPython(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const TestInterpreter interpreter;
    Test test;
    return QTest::qExec(&test, argc, argv);
}

} // namespace liaison

#define LIAISON_PYTHON_TEST_MAIN(Test)                                                                       \
    int main(int argc, char *argv[])                                                                         \
    {                                                                                                        \
        return liaison::runWithPython<Test>(argc, argv);                                                     \
    }
