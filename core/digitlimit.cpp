// SPDX-License-Identifier: MIT
#include "digitlimit.h"

namespace py = pybind11;

namespace liaison {

DigitLimitLifted::DigitLimitLifted()
{
    const auto sys = py::module_::import("sys");
    if (!py::hasattr(sys, "set_int_max_str_digits"))
        return;
    m_previous = sys.attr("get_int_max_str_digits")();
    sys.attr("set_int_max_str_digits")(0);
}

DigitLimitLifted::~DigitLimitLifted()
{
    if (!m_previous)
        return;
    // An exception may be on its way.
    const py::error_scope pending;
    try {
        py::module_::import("sys").attr("set_int_max_str_digits")(m_previous);
    } catch (py::error_already_set &error) {
        error.discard_as_unraisable("restoring the limit of digits");
    }
}

} // namespace liaison
