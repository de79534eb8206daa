// SPDX-License-Identifier: MIT
#include "awaiting.h"

#include "jsontype.h"

namespace py = pybind11;

namespace liaison {

namespace {

/// A generator that types.coroutine has marked.
bool isGeneratorCoroutine(py::handle object)
{
    constexpr int iterableCoroutine = 0x100; // inspect.CO_ITERABLE_COROUTINE
    return PyGen_CheckExact(object.ptr()) &&
           (object.attr("gi_code").attr("co_flags").cast<int>() & iterableCoroutine);
}

} // namespace

bool arrivesLater(py::handle result)
{
    if (isOfJsonType(result) || PyType_Check(result.ptr()))
        return false;
    const PyTypeObject *type = Py_TYPE(result.ptr());
    if (type->tp_as_async && type->tp_as_async->am_await)
        return true;
    // Asked of the type: an object may answer to any name.
    const auto typeObject = py::type::handle_of(result);
    return (py::hasattr(typeObject, "add_done_callback") && py::hasattr(typeObject, "result")) ||
           isGeneratorCoroutine(result);
}

py::object watch(const py::object &result, const py::cpp_function &done)
{
    return py::module_::import("liaison._awaiting").attr("watch")(result, done);
}

py::object watchItems(const py::object &iterator, const py::cpp_function &send,
                      const py::cpp_function &hasRoom, const py::cpp_function &done)
{
    return py::module_::import("liaison._awaiting").attr("watch_items")(iterator, send, hasRoom, done);
}

} // namespace liaison
