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

/// Raises an exception of Python.
/// @throws pybind11::error_already_set always
[[noreturn]] inline void raise(PyObject *type, const pybind11::str &message)
{
    PyErr_SetObject(type, message.ptr());
    throw pybind11::error_already_set();
}

} // namespace liaison
