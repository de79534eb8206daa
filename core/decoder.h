// SPDX-License-Identifier: MIT
#pragma once

#include "arguments.h"

#include <pybind11/pybind11.h>

#include <QByteArray>

namespace liaison {

/// What simdjson parsed, as the Python objects that json.loads would make of it. Needs the GIL.
/// @throws pybind11::error_already_set RecursionError for what is nested beyond Python's limit
pybind11::object decoded(simdjson::dom::element element);
pybind11::list decoded(simdjson::dom::array array);
pybind11::dict decoded(simdjson::dom::object object);

/// A string of JSON as a Python str.
pybind11::object decoded(std::string_view string);

/// What json.loads makes of a text. Needs the GIL.
/// @param text UTF-8
/// @throws pybind11::error_already_set what json.loads raises
pybind11::object loadedJson(const QByteArray &text);

} // namespace liaison
