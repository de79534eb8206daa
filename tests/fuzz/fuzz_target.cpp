// SPDX-License-Identifier: MIT
// Any text as a target: leads to an object or raises an exception, and tells references from literals.
#include "fuzzinterpreter.h"
#include "target.h"

namespace py = pybind11;

using namespace liaison;

PYBIND11_EMBEDDED_MODULE(fuzzed, module)
{
    py::enum_<References>(module, "References")
        .value("TOP", References::Top)
        .value("DEEP", References::Deep)
        .value("NONE", References::None);
    py::class_<Targets>(module, "Targets")
        .def(py::init())
        .def("resolve", &Targets::resolve)
        .def("callee", &Targets::callee)
        .def("argument", py::overload_cast<py::handle, py::handle, References>(&Targets::argument));
    module.def("is_reference", &isReference);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const auto &interpreter = *new FuzzInterpreter("check_target");
    interpreter.check(data, size);
    return 0;
}
