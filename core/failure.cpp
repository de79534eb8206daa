// SPDX-License-Identifier: MIT
#include "failure.h"

namespace py = pybind11;

namespace liaison {

namespace {

/// Whether a traceback's entry is a frame of Liaison's: of its Python package, or of a target's expression.
bool isOwnFrame(py::handle entry)
{
    const py::object file = entry.attr("tb_frame").attr("f_code").attr("co_filename");
    if (file.equal(py::str(targetFileName)))
        return true;
    const auto globals = entry.attr("tb_frame").attr("f_globals");
    const py::object name = globals.attr("get")("__name__", "");
    return PyUnicode_Check(name.ptr()) &&
           (name.equal(py::str("liaison")) || name.attr("startswith")("liaison.").cast<bool>());
}

py::list formatted(py::handle exception)
{
    py::object entry = py::getattr(exception, "__traceback__", py::none());
    while (!entry.is_none() && isOwnFrame(entry))
        entry = entry.attr("tb_next");
    return py::module_::import("traceback")
        .attr("format_exception")(py::type::of(exception), exception, entry);
}

} // namespace

py::list tracebackLines(py::handle exception)
{
    try {
        return formatted(exception);
    } catch (const py::error_already_set &) {
        // An exception that cannot even be formatted still has a type.
        py::list lines;
        lines.append(py::str("{}: <the message could not be formatted>\n")
                         .format(py::type::of(exception).attr("__name__")));
        return lines;
    }
}

py::list tracebackLines(py::error_already_set &error)
{
    // pybind11 keeps the traceback beside the exception.
    if (error.trace())
        PyException_SetTraceback(error.value().ptr(), error.trace().ptr());
    return tracebackLines(error.value());
}

} // namespace liaison
