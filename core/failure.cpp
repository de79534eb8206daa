// SPDX-License-Identifier: MIT
#include "failure.h"

namespace py = pybind11;

namespace liaison {

namespace {

constexpr const char *unformatted = "<the message could not be formatted>";

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

py::object messageOf(py::handle exception)
{
    try {
        return py::str(exception);
    } catch (const py::error_already_set &) {
        return py::str(unformatted);
    }
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
        // An exception that cannot even be formatted still has a type, and a message as a rule: there may be
        // no descriptor left to read Python's own module with.
        py::list lines;
        lines.append(
            py::str("{}: {}\n").format(py::type::of(exception).attr("__name__"), messageOf(exception)));
        return lines;
    }
}

py::object exceptionOf(const py::error_already_set &error)
{
    // pybind11 keeps the traceback beside the exception.
    if (error.trace())
        PyException_SetTraceback(error.value().ptr(), error.trace().ptr());
    return error.value();
}

py::object exceptionForm(py::handle exception)
{
    constexpr int longestChain = 16;
    py::object form = py::none();
    py::object outer;
    py::object next = py::reinterpret_borrow<py::object>(exception);
    try {
        for (int i = 0; i < longestChain && !next.is_none(); ++i) {
            const auto type = py::type::of(next);
            py::dict part;
            part["type"] = type.attr("__qualname__");
            part["module"] = type.attr("__module__");
            part["message"] = messageOf(next);
            part["cause"] = py::none();
            if (outer)
                outer["cause"] = part;
            else
                form = part;
            outer = part;
            const py::object cause = next.attr("__cause__");
            const bool isSuppressed = next.attr("__suppress_context__").cast<bool>();
            next = !cause.is_none() || isSuppressed ? cause : py::object(next.attr("__context__"));
        }
    } catch (const py::error_already_set &) {
        // An exception whose attributes raise: what is known of it is enough.
    }
    return form;
}

} // namespace liaison
