// SPDX-License-Identifier: MIT
// Python to JSON: json.loads gives back what went in, as far as JSON can say it.
#include "arrays.h"
#include "encoder.h"
#include "fuzzinterpreter.h"

namespace py = pybind11;

using namespace liaison;

namespace {

py::bytes encoded(py::handle value, bool ensuresEvt)
{
    Encoder encoder;
    if (ensuresEvt)
        encoder.ensureEvt();
    encoder.write(value);
    return py::bytes(encoder.take().toStdString());
}

py::object numbers(py::handle array)
{
    TextBuffer text;
    if (!writeNumbers(text, array))
        return py::none();
    return py::bytes(text.take().toStdString());
}

} // namespace

PYBIND11_EMBEDDED_MODULE(fuzzed, module)
{
    module.def("encoded", &encoded);
    module.def("numbers", &numbers);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const auto &interpreter = *new FuzzInterpreter("check_encoder");
    interpreter.check(data, size);
    return 0;
}
