// SPDX-License-Identifier: MIT
#pragma once

#include "references.h"

#include <pybind11/pybind11.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace liaison {

/// Finds the Python object that a target points to. Needs the GIL. What the text of a target says is
/// remembered, what it leads to is not, since attributes may be reassigned.
///
/// A target is one of
/// - "name.attr.attr": a name of the namespace, and attributes; where an object is a mapping without such an
///   attribute, its item;
/// - "package.module:attr.attr", also with "python:///" in front: a module, and attributes;
/// - "package.module.attr": what is no name of the namespace. The longest importable prefix is the module;
/// - an expression that starts with a name of the namespace: "e.get('k')[1]".
class Targets {
public:
    /// @param namespaceDict dict of str to object; looked at before modules
    /// @param text str
    /// @throws pybind11::error_already_set TypeError where `text` is no str; ValueError where it is no
    /// target; ModuleNotFoundError, AttributeError; whatever an import or an expression raises
    pybind11::object resolve(pybind11::handle namespaceDict, pybind11::handle text);

    /// What is to be called: resolve(), but a reference is taken as well ("$f" as "f").
    pybind11::object callee(pybind11::handle namespaceDict, pybind11::handle text);

    /// The value of a top-level argument: what a reference points to ("$name.attr"), all else as it is.
    pybind11::object argument(pybind11::handle namespaceDict, pybind11::handle value);

    /// The same by another rule.
    pybind11::object argument(pybind11::handle namespaceDict, pybind11::handle value, References references);

private:
    struct Parsed {
        std::vector<pybind11::object> parts;      ///< names, interned
        pybind11::object module;                  ///< all of them with dots between, where isImport
        std::vector<pybind11::object> attributes; ///< names behind the colon
        bool isImport = false;
        bool isExpression = false; ///< more than names
        pybind11::object code;     ///< compiled from the expression once it was needed
    };

    /// Lets a table of std::string be asked with what is no std::string yet.
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };

    std::shared_ptr<Parsed> parsed(pybind11::handle text);
    pybind11::object deepArgument(pybind11::handle namespaceDict, pybind11::handle value);

    /// Shared, since what a target leads to may ask for others until the table is emptied.
    std::unordered_map<std::string, std::shared_ptr<Parsed>, Hash, std::equal_to<>> m_parsed;
};

/// An attribute; of a mapping without that attribute, its item.
/// @throws pybind11::error_already_set AttributeError where there is neither
pybind11::object attributeOrItem(pybind11::handle object, pybind11::handle name);

/// Whether a str has the form ^\$(\w+)(\.\w+)*$ of a reference.
bool isReference(pybind11::handle text);

} // namespace liaison
