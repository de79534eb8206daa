// SPDX-License-Identifier: MIT
#pragma once

#include <pybind11/pybind11.h>

namespace liaison {

/// Whether an object is of a type that JSON has a form for, not of one derived from it: then no question
/// about its manners is worth asking.
inline bool isOfJsonType(pybind11::handle object)
{
    const PyTypeObject *type = Py_TYPE(object.ptr());
    return type == &PyFloat_Type || type == &PyLong_Type || type == &PyUnicode_Type || object.is_none() ||
           type == &PyBool_Type || type == &PyList_Type || type == &PyDict_Type || type == &PyTuple_Type;
}

} // namespace liaison
