// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

#include <string>

namespace liaison {

/// What a function of Python's C API returned as a new reference.
/// @throws pybind11::error_already_set where it returned null
inline pybind11::object owned(PyObject *result)
{
    if (!result)
        throw pybind11::error_already_set();
    return pybind11::reinterpret_steal<pybind11::object>(result);
}

/// An item of a dict; null where there is none.
/// @throws pybind11::error_already_set what comparing keys raises
inline pybind11::object itemOf(pybind11::handle dict, pybind11::handle key)
{
    PyObject *item = PyDict_GetItemWithError(dict.ptr(), key.ptr());
    if (!item && PyErr_Occurred())
        throw pybind11::error_already_set();
    return pybind11::reinterpret_borrow<pybind11::object>(item);
}

/// A module that somebody has imported already; null otherwise.
inline pybind11::object loadedModule(pybind11::handle name)
{
    auto module = itemOf(PyImport_GetModuleDict(), name);
    return module && !module.is_none() ? module : pybind11::object();
}

inline pybind11::object interned(const char *text)
{
    return owned(PyUnicode_InternFromString(text));
}

/// Raises an exception of Python.
/// @throws pybind11::error_already_set always
[[noreturn]] inline void raise(PyObject *type, const pybind11::str &message)
{
    PyErr_SetObject(type, message.ptr());
    throw pybind11::error_already_set();
}

} // namespace liaison
