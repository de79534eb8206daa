// SPDX-License-Identifier: MIT
#pragma once

#include "fuzzing.h"

#include <pybind11/embed.h>

#include <algorithm>
#include <array>
#include <string_view>

// Python keeps a lot until its process ends, and a fuzzer never ends its interpreter: what would be reported
// as leaks is all Python's own.
extern "C" __attribute__((visibility("default"))) const char *__asan_default_options()
{
    return "detect_leaks=0";
}

namespace liaison {

/// The interpreter of a fuzzer, and the function check() of a module beside it. Once it is sealed, Python
/// opens, imports, starts and sends nothing any more, whatever a target says: only the events below are let
/// through, and code cannot take the hook away. Lives until the process ends.
class FuzzInterpreter {
public:
    /// @param checks the name of a Python module in this folder, with check(data: bytes)
    explicit FuzzInterpreter(const char *checks)
    {
        // Straight from malloc: so AddressSanitizer sees every Python object that is used when it is gone.
        PyPreConfig preconfig;
        PyPreConfig_InitIsolatedConfig(&preconfig);
        preconfig.allocator = PYMEM_ALLOCATOR_MALLOC;
        preconfig.utf8_mode = 1;
        Py_PreInitialize(&preconfig);
        PyConfig config;
        PyConfig_InitIsolatedConfig(&config);
        PyConfig_SetBytesString(&config, &config.program_name, LIAISON_FUZZ_PYTHON);
        const auto status = Py_InitializeFromConfig(&config);
        PyConfig_Clear(&config);
        require(!PyStatus_Exception(status), "Python starts", status.err_msg);
        const auto sys = pybind11::module_::import("sys");
        sys.attr("dont_write_bytecode") = true;
        sys.attr("path").attr("insert")(0, LIAISON_FUZZ_DIR);
        // The package without its __init__, which would ask for all of the core.
        for (const char *name : {"liaison", "liaison.companion"}) {
            pybind11::module_ package = pybind11::module_::import("types").attr("ModuleType")(name);
            const auto path = pybind11::str(name).attr("replace")(".", "/");
            package.attr("__path__") =
                pybind11::make_tuple(pybind11::str(LIAISON_FUZZ_PACKAGE_DIR "/{}").format(path));
            sys.attr("modules")[name] = package;
        }
        pybind11::module_::import("liaison.companion._expression");
        m_check = pybind11::object(pybind11::module_::import(checks).attr("check")).release();
        require(PySys_AddAuditHook(&FuzzInterpreter::audit, nullptr) == 0, "the hook is set");
    }

    void check(const std::uint8_t *data, std::size_t size) const
    {
        try {
            m_check(pybind11::bytes(reinterpret_cast<const char *>(data), size));
        } catch (pybind11::error_already_set &error) {
            require(false, "the check passes", error.what());
        }
        require(!PyErr_Occurred(), "no exception is left behind");
    }

private:
    static int audit(const char *event, PyObject *args, void *)
    {
        static constexpr std::array<std::string_view, 4> harmless = {"array.__new__", "builtins.id",
                                                                     "compile", "object.__getattr__"};
        if (std::find(harmless.begin(), harmless.end(), event) != harmless.end())
            return 0;
        if (std::string_view(event) == "import") {
            PyObject *const name = PyTuple_GetItem(args, 0);
            PyErr_SetImportErrorSubclass(PyExc_ModuleNotFoundError, name, name, nullptr);
        } else {
            PyErr_Format(PyExc_PermissionError, "%s is not for fuzzers", event);
        }
        return -1;
    }

    pybind11::handle m_check;
};

} // namespace liaison
