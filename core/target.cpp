// SPDX-License-Identifier: MIT
#include "target.h"

#include "failure.h"
#include "owned.h"
#include "recursion.h"

namespace py = pybind11;

namespace liaison {

namespace {

/// More texts than a frontend has; one that builds them anew each time does not fill the memory.
constexpr std::size_t maxRemembered = 4096;

constexpr std::string_view scheme = "python:///";

bool isWordCharacter(Py_UCS4 c)
{
    return c == '_' || Py_UNICODE_ISALNUM(c);
}

/// The names in a dotted text; empty where it is none: "a..b", "a b", "".
std::vector<py::object> dottedNames(std::string_view text)
{
    std::vector<py::object> names;
    while (true) {
        const auto dot = text.find('.');
        const std::string name(text.substr(0, dot));
        const py::str pyName(name);
        if (name.empty())
            return {};
        for (Py_ssize_t i = 0; i < PyUnicode_GetLength(pyName.ptr()); ++i) {
            if (!isWordCharacter(PyUnicode_ReadChar(pyName.ptr(), i)))
                return {};
        }
        names.push_back(interned(name.c_str()));
        if (dot == text.npos)
            return names;
        text.remove_prefix(dot + 1);
    }
}

/// The identifier that a text starts with; empty without one.
std::string leadingName(py::handle text)
{
    const Py_ssize_t length = PyUnicode_GetLength(text.ptr());
    Py_ssize_t end = 0;
    while (end < length && isWordCharacter(PyUnicode_ReadChar(text.ptr(), end)))
        ++end;
    return py::reinterpret_steal<py::str>(PyUnicode_Substring(text.ptr(), 0, end)).cast<std::string>();
}

py::object followed(py::object object, const std::vector<py::object> &names, std::size_t first)
{
    for (auto i = first; i < names.size(); ++i)
        object = attributeOrItem(object, names[i]);
    return object;
}

py::object imported(const py::object &name)
{
    if (auto module = loadedModule(name))
        return module;
    PyObject *module = PyImport_Import(name.ptr());
    if (!module)
        throw py::error_already_set();
    Py_DECREF(module);
    // import a.b.c answers a.
    if (auto innermost = loadedModule(name))
        return innermost;
    raise(PyExc_ImportError, py::str("module '{}' was imported, but is not in sys.modules").format(name));
}

py::object joined(const std::vector<py::object> &names, std::size_t count)
{
    py::list parts;
    for (std::size_t i = 0; i < count; ++i)
        parts.append(names[i]);
    return py::str(".").attr("join")(parts);
}

/// Whether an import failed because just this module does not exist, not one that it imports in turn.
bool isAbout(const py::error_already_set &error, const py::object &module)
{
    return error.matches(PyExc_ModuleNotFoundError) &&
           py::getattr(error.value(), "name", py::none()).equal(module);
}

/// "package.module.attr.attr": modules as far as they can be imported, then attributes.
py::object resolvedFromModules(const std::vector<py::object> &names)
{
    py::object module;
    try {
        module = imported(names[0]);
    } catch (const py::error_already_set &error) {
        if (!isAbout(error, names[0]))
            throw;
        PyErr_SetImportErrorSubclass(
            PyExc_ModuleNotFoundError,
            py::str("No module named '{0}', and no '{0}' in the namespace").format(names[0]).ptr(),
            names[0].ptr(), nullptr);
        throw py::error_already_set();
    }
    std::size_t depth = 1;
    for (; depth < names.size(); ++depth) {
        const auto name = joined(names, depth + 1);
        // Only a package has modules in it, but for what is there already, as os.path is.
        auto inner = loadedModule(name);
        if (!inner && !py::hasattr(module, "__path__"))
            break;
        try {
            module = inner ? inner : imported(name);
        } catch (const py::error_already_set &error) {
            if (!isAbout(error, name))
                throw;
            break;
        }
    }
    return followed(module, names, depth);
}

/// Compiles an expression whose attributes may also be keys.
py::object compiledExpression(py::handle text)
{
    const auto ast = py::module_::import("ast");
    const auto compile = py::module_::import("builtins").attr("compile");
    const auto tree = compile(text, targetFileName, "eval", ast.attr("PyCF_ONLY_AST"));
    const auto transformer = py::module_::import("liaison.companion._expression").attr("AttributeOrItem");
    const auto lenient = ast.attr("fix_missing_locations")(transformer().attr("visit")(tree));
    return compile(lenient, targetFileName, "eval");
}

py::object evaluated(const py::object &code, py::handle namespaceDict)
{
    py::dict globals;
    globals["__builtins__"] = py::module_::import("builtins");
    globals["__liaison_attribute__"] = py::cpp_function(&attributeOrItem);
    for (const auto item : py::reinterpret_borrow<py::dict>(namespaceDict))
        globals[item.first] = item.second;
    return owned(PyEval_EvalCode(code.ptr(), globals.ptr(), globals.ptr()));
}

} // namespace

py::object attributeOrItem(py::handle object, py::handle name)
{
    if (PyObject *attribute = PyObject_GetAttr(object.ptr(), name.ptr()))
        return py::reinterpret_steal<py::object>(attribute);
    const bool isMissing = PyErr_ExceptionMatches(PyExc_AttributeError);
    py::error_already_set missing;
    const bool isMapping =
        isMissing && (PyDict_Check(object.ptr()) ||
                      py::isinstance(object, py::module_::import("collections.abc").attr("Mapping")));
    if (!isMapping)
        throw missing;
    if (PyObject *item = PyObject_GetItem(object.ptr(), name.ptr()))
        return py::reinterpret_steal<py::object>(item);
    if (!PyErr_ExceptionMatches(PyExc_KeyError))
        throw py::error_already_set();
    PyErr_Clear();
    raise(PyExc_AttributeError, py::str("'{}' object has no attribute or key '{}'")
                                    .format(py::type::of(object).attr("__name__"), name));
}

bool isReference(py::handle text)
{
    const Py_ssize_t length = PyUnicode_GetLength(text.ptr());
    if (length < 2 || PyUnicode_ReadChar(text.ptr(), 0) != '$')
        return false;
    bool inWord = false;
    for (Py_ssize_t i = 1; i < length; ++i) {
        const Py_UCS4 c = PyUnicode_ReadChar(text.ptr(), i);
        if (isWordCharacter(c))
            inWord = true;
        else if (c == '.' && inWord)
            inWord = false;
        else
            return false;
    }
    return inWord;
}

std::shared_ptr<Targets::Parsed> Targets::parsed(py::handle text)
{
    Py_ssize_t length = 0;
    const char *utf8 = PyUnicode_AsUTF8AndSize(text.ptr(), &length);
    if (!utf8)
        throw py::error_already_set();
    const std::string_view key(utf8, std::size_t(length));
    if (const auto known = m_parsed.find(key); known != m_parsed.end())
        return known->second;
    auto rest = key;
    Parsed result;
    const bool hasScheme = rest.starts_with(scheme);
    if (hasScheme)
        rest.remove_prefix(scheme.size());
    const auto colon = rest.find(':');
    result.isImport = hasScheme || colon != rest.npos;
    result.parts = dottedNames(rest.substr(0, colon));
    if (colon != rest.npos)
        result.attributes = dottedNames(rest.substr(colon + 1));
    if (result.parts.empty() || (colon != rest.npos && result.attributes.empty())) {
        if (hasScheme)
            raise(PyExc_ValueError, py::str("target {!r}: expected a module after python:///, such as "
                                            "python:///math:hypot")
                                        .format(text));
        result = {};
        result.isExpression = true;
    }
    if (result.isImport && !result.isExpression)
        result.module = joined(result.parts, result.parts.size());
    if (m_parsed.size() >= maxRemembered)
        m_parsed.clear();
    return m_parsed.emplace(std::string(key), std::make_shared<Parsed>(std::move(result))).first->second;
}

py::object Targets::resolve(py::handle namespaceDict, py::handle text)
{
    if (!PyUnicode_Check(text.ptr()))
        raise(PyExc_TypeError,
              py::str("a target must be a string, such as \"math:hypot\" or a name of the namespace, "
                      "not {}")
                  .format(py::type::of(text).attr("__name__")));
    // The whole text may be a name, of whatever form.
    if (auto value = itemOf(namespaceDict, text))
        return value;
    const auto target = parsed(text);
    if (!target->isExpression) {
        if (target->isImport)
            return followed(imported(target->module), target->attributes, 0);
        if (auto root = itemOf(namespaceDict, target->parts[0]))
            return followed(root, target->parts, 1);
        return resolvedFromModules(target->parts);
    }
    const auto root = leadingName(text);
    if (root.empty() || !itemOf(namespaceDict, py::str(root)))
        raise(PyExc_ValueError, py::str("target {!r}: expected name.attribute, package.module:attribute, or "
                                        "an expression that starts "
                                        "with a name of the namespace")
                                    .format(text));
    if (!target->code)
        target->code = compiledExpression(text);
    return evaluated(target->code, namespaceDict);
}

py::object Targets::callee(py::handle namespaceDict, py::handle text)
{
    if (PyUnicode_Check(text.ptr()) && isReference(text))
        return argument(namespaceDict, text);
    return resolve(namespaceDict, text);
}

py::object Targets::argument(py::handle namespaceDict, py::handle value)
{
    if (!PyUnicode_Check(value.ptr()) || !isReference(value))
        return py::reinterpret_borrow<py::object>(value);
    const auto name = py::reinterpret_steal<py::object>(
        PyUnicode_Substring(value.ptr(), 1, PyUnicode_GetLength(value.ptr())));
    return resolve(namespaceDict, name);
}

py::object Targets::argument(py::handle namespaceDict, py::handle value, References references)
{
    switch (references) {
    case References::Top:
        return argument(namespaceDict, value);
    case References::Deep:
        return deepArgument(namespaceDict, value);
    case References::None:
        break;
    }
    return py::reinterpret_borrow<py::object>(value);
}

py::object Targets::deepArgument(py::handle namespaceDict, py::handle value)
{
    const RecursionGuard guard(" while replacing references");
    PyObject *object = value.ptr();
    if (PyUnicode_Check(object)) {
        const bool isEscaped = PyUnicode_GetLength(object) >= 2 && PyUnicode_ReadChar(object, 0) == '$' &&
                               PyUnicode_ReadChar(object, 1) == '$';
        return isEscaped ? owned(PyUnicode_Substring(object, 1, PyUnicode_GetLength(object)))
                         : argument(namespaceDict, value);
    }
    if (PyList_Check(object)) {
        py::list items;
        for (const auto item : py::reinterpret_borrow<py::list>(value))
            items.append(deepArgument(namespaceDict, item));
        return items;
    }
    if (PyDict_Check(object)) {
        py::dict members;
        for (const auto &[name, member] : py::reinterpret_borrow<py::dict>(value))
            members[name] = deepArgument(namespaceDict, member);
        return members;
    }
    return py::reinterpret_borrow<py::object>(value);
}

} // namespace liaison
