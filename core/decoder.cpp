// SPDX-License-Identifier: MIT
#include "decoder.h"

#include "digitlimit.h"
#include "jsontext.h"
#include "owned.h"
#include "recursion.h"

namespace py = pybind11;

namespace liaison {

namespace {

/// Bytes of stack that Python's json may take for one bracket within another.
constexpr std::ptrdiff_t stackPerLevel = 256;

} // namespace

py::list decoded(simdjson::dom::array array)
{
    const RecursionGuard guard(" while reading JSON");
    // size() stops counting at 2^24 - 1.
    const std::size_t counted = array.size();
    py::list result(counted);
    std::size_t i = 0;
    for (const auto element : array) {
        auto item = decoded(element);
        if (i < counted)
            PyList_SET_ITEM(result.ptr(), Py_ssize_t(i), item.release().ptr());
        else if (PyList_Append(result.ptr(), item.ptr()) < 0)
            throw py::error_already_set();
        ++i;
    }
    return result;
}

py::dict decoded(simdjson::dom::object object)
{
    const RecursionGuard guard(" while reading JSON");
    py::dict result;
    for (const auto member : object) {
        const auto name = decoded(member.key);
        const auto value = decoded(member.value);
        if (PyDict_SetItem(result.ptr(), name.ptr(), value.ptr()) < 0)
            throw py::error_already_set();
    }
    return result;
}

py::object decoded(std::string_view string)
{
    return owned(PyUnicode_DecodeUTF8(string.data(), Py_ssize_t(string.size()), nullptr));
}

py::object decoded(simdjson::dom::element element)
{
    using simdjson::dom::element_type;
    switch (element.type()) {
    case element_type::ARRAY:
        return decoded(element.get_array().value_unsafe());
    case element_type::OBJECT:
        return decoded(element.get_object().value_unsafe());
    case element_type::STRING:
        return decoded(element.get_string().value_unsafe());
    case element_type::INT64:
        return owned(PyLong_FromLongLong(element.get_int64().value_unsafe()));
    case element_type::UINT64:
        return owned(PyLong_FromUnsignedLongLong(element.get_uint64().value_unsafe()));
    case element_type::DOUBLE:
        return owned(PyFloat_FromDouble(element.get_double().value_unsafe()));
    case element_type::BOOL:
        return py::bool_(element.get_bool().value_unsafe());
    case element_type::NULL_VALUE:
        break;
    }
    return py::none();
}

py::object loadedJson(const QByteArray &text)
{
    // json.loads counts nesting against Python's limit alone, which may have been raised beyond the stack.
    const std::string_view view(text.constData(), std::size_t(text.size()));
    if (jsonNesting(view) * stackPerLevel > remainingStack())
        raise(PyExc_RecursionError, "maximum recursion depth exceeded while reading JSON");
    const DigitLimitLifted lifted;
    return py::module_::import("json").attr("loads")(decoded(view));
}

} // namespace liaison
