// SPDX-License-Identifier: MIT
// JSON to Python by way of simdjson, by way of the scanner and json.loads: all as json.loads alone.
#include "decoder.h"
#include "fuzzinterpreter.h"
#include "jsontext.h"

namespace py = pybind11;

using namespace liaison;

namespace {

std::string_view viewOf(const py::bytes &bytes)
{
    return bytes;
}

QByteArray textOf(const py::bytes &bytes)
{
    const auto view = viewOf(bytes);
    return {view.data(), qsizetype(view.size())};
}

py::object pythonText(const QString &text)
{
    int order = -1;
    PyObject *object = PyUnicode_DecodeUTF16(reinterpret_cast<const char *>(text.utf16()), text.size() * 2,
                                             "surrogatepass", &order);
    if (!object)
        throw py::error_already_set();
    return py::reinterpret_steal<py::object>(object);
}

/// The value in a tuple; an empty one for what simdjson declines.
py::tuple parsed(const py::bytes &text)
{
    simdjson::dom::parser parser;
    simdjson::dom::document document;
    simdjson::dom::element root;
    const auto view = viewOf(text);
    if (parser.parse_into_document(document, view.data(), view.size()).get(root) != simdjson::SUCCESS)
        return py::tuple();
    return py::make_tuple(decoded(root));
}

py::object fault(const py::bytes &text)
{
    try {
        scanJson(viewOf(text));
        return py::none();
    } catch (const JsonFault &found) {
        return py::str(found.what());
    }
}

py::list members(const py::bytes &object)
{
    py::list members;
    for (const auto &member : jsonMembers(scanJson(viewOf(object)).value))
        members.append(
            py::make_tuple(pythonText(member.name), py::bytes(member.value.data(), member.value.size())));
    return members;
}

} // namespace

PYBIND11_EMBEDDED_MODULE(fuzzed, module)
{
    module.def("parsed", &parsed);
    module.def("fault", &fault);
    module.def("members", &members);
    module.def("loaded", [](const py::bytes &text) { return loadedJson(textOf(text)); });
    module.def("element_count",
               [](const py::bytes &text) { return jsonElementCount(scanJson(viewOf(text)).value); });
    module.def("without_non_finite",
               [](const py::bytes &text) { return py::bytes(withoutNonFinite(viewOf(text)).toStdString()); });
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const auto &interpreter = *new FuzzInterpreter("check_decoder");
    interpreter.check(data, size);
    return 0;
}
