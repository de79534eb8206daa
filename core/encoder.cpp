// SPDX-License-Identifier: MIT
#include "encoder.h"

#include "arrays.h"
#include "digitlimit.h"
#include "escape.h"
#include "failure.h"
#include "floatrepr.h"
#include "jsontype.h"
#include "owned.h"
#include "recursion.h"

#include <QString>

#include <algorithm>
#include <cmath>

namespace py = pybind11;

namespace liaison {

namespace {

/// So many open containers are compared one by one; those below them are found by their hash.
constexpr std::size_t fewContainers = 32;

/// Character by character, for a str with lone surrogates: those leave as \udXXX.
void appendWithSurrogates(TextBuffer &text, py::handle string)
{
    const Py_ssize_t length = PyUnicode_GetLength(string.ptr());
    for (Py_ssize_t i = 0; i < length; ++i) {
        const Py_UCS4 c = PyUnicode_ReadChar(string.ptr(), i);
        if (QChar::isSurrogate(c))
            appendUnicodeEscape(text, c);
        else
            // QString::fromUcs4() would take a byte order mark for the mark of an encoding, and drop it.
            appendEscaped(text, QStringView(QChar::fromUcs4(c)).toUtf8());
    }
}

/// The characters of a str, escaped.
void appendCharacters(TextBuffer &text, py::handle string)
{
    constexpr Py_ssize_t longestKept = 1024;
    PyObject *object = string.ptr();
    Py_ssize_t size = 0;
    if (PyUnicode_IS_ASCII(object)) {
        appendEscaped(text, {reinterpret_cast<const char *>(PyUnicode_1BYTE_DATA(object)),
                             qsizetype(PyUnicode_GET_LENGTH(object))});
        return;
    }
    // A str keeps the UTF-8 that it was asked for: not of a long one.
    if (PyUnicode_GET_LENGTH(object) <= longestKept) {
        if (const char *utf8 = PyUnicode_AsUTF8AndSize(object, &size)) {
            appendEscaped(text, {utf8, size});
            return;
        }
    } else if (PyObject *bytes = PyUnicode_AsUTF8String(object)) {
        const auto held = py::reinterpret_steal<py::object>(bytes);
        appendEscaped(text, {PyBytes_AS_STRING(bytes), qsizetype(PyBytes_GET_SIZE(bytes))});
        return;
    }
    if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
        throw py::error_already_set();
    PyErr_Clear();
    appendWithSurrogates(text, string);
}

/// Whether the value is an instance of the module's class, which a half imported module may lack.
bool isInstanceOf(py::handle value, const py::object &module, const char *className)
{
    const auto type = py::getattr(module, className, py::none());
    // Of the type itself: an object's __class__ may lie.
    return PyType_Check(type.ptr()) &&
           PyType_IsSubtype(Py_TYPE(value.ptr()), reinterpret_cast<PyTypeObject *>(type.ptr()));
}

/// Whether Python has a form for what an array of this dtype holds: tolist() turns times into numbers, or
/// leaves them as they are with long doubles.
bool hasPlainItems(const py::object &dtype)
{
    const auto kind = dtype.attr("kind").cast<std::string>();
    if (kind == "M" || kind == "m" || dtype.attr("char").cast<std::string>() == "g")
        return false;
    const py::object base = dtype.attr("base");
    if (!base.is(dtype))
        return hasPlainItems(base);
    const py::object names = dtype.attr("names");
    if (names.is_none())
        return true;
    for (const auto name : names) {
        if (!hasPlainItems(dtype[name]))
            return false;
    }
    return true;
}

} // namespace

/// While a container is written: finds cycles, counts recursion.
class Encoder::Nesting {
public:
    Nesting(Encoder &encoder, py::handle container)
        : m_guard(" while writing JSON")
        , m_encoder(encoder)
    {
        if (encoder.isOpen(container.ptr()))
            raise(PyExc_ValueError, "Circular reference detected");
        encoder.m_open.push_back(container.ptr());
        if (encoder.m_open.size() > fewContainers)
            encoder.m_openBelow.insert(container.ptr());
    }
    ~Nesting()
    {
        if (m_encoder.m_open.size() > fewContainers)
            m_encoder.m_openBelow.erase(m_encoder.m_open.back());
        m_encoder.m_open.pop_back();
    }

    Nesting(const Nesting &) = delete;
    Nesting &operator=(const Nesting &) = delete;

private:
    RecursionGuard m_guard;
    Encoder &m_encoder;
};

class Encoder::Members {
public:
    explicit Members(Encoder &encoder)
        : m_encoder(encoder)
        , m_isOutermost(encoder.m_depth++ == 0)
    {
        encoder.m_text.append('{');
    }

    void next(py::handle name)
    {
        if (!std::exchange(m_first, false))
            m_encoder.m_text.append(", ");
        if (m_isOutermost && m_encoder.m_ensuresEvt && PyUnicode_Check(name.ptr()) &&
            PyUnicode_CompareWithASCIIString(name.ptr(), "evt") == 0)
            m_hasEvt = true;
        m_encoder.writeName(name);
        m_encoder.m_text.append(": ");
    }

    void close()
    {
        --m_encoder.m_depth;
        if (m_isOutermost && m_encoder.m_ensuresEvt && !m_hasEvt)
            m_encoder.m_text.append(m_first ? "\"evt\": {}" : ", \"evt\": {}");
        m_encoder.m_text.append('}');
    }

private:
    Encoder &m_encoder;
    bool m_isOutermost;
    bool m_first = true;
    bool m_hasEvt = false;
};

/// Opens an array, separates its elements and closes it.
class Encoder::Elements {
public:
    explicit Elements(Encoder &encoder)
        : m_encoder(encoder)
    {
        ++encoder.m_depth;
        encoder.m_text.append('[');
    }

    void write(py::handle element)
    {
        if (!std::exchange(m_first, false))
            m_encoder.m_text.append(", ");
        m_encoder.write(element);
    }

    void close()
    {
        --m_encoder.m_depth;
        m_encoder.m_text.append(']');
    }

private:
    Encoder &m_encoder;
    bool m_first = true;
};

bool Encoder::isOpen(PyObject *container) const
{
    const auto few = std::min(m_open.size(), fewContainers);
    const auto end = m_open.begin() + std::ptrdiff_t(few);
    return std::find(m_open.begin(), end, container) != end || m_openBelow.count(container) > 0;
}

void Encoder::write(py::handle value)
{
    PyObject *object = value.ptr();
    if (!isOfJsonType(value) && writeRegisteredForm(value))
        return;
    if (PyUnicode_Check(object))
        writeString(value);
    else if (value.is_none())
        m_text.append("null");
    else if (object == Py_True)
        m_text.append("true");
    else if (object == Py_False)
        m_text.append("false");
    else if (PyLong_Check(object))
        writeInteger(value);
    else if (PyFloat_Check(object))
        appendFloat(m_text, PyFloat_AS_DOUBLE(object));
    else if (PyList_Check(object))
        writeList(value);
    else if (PyTuple_Check(object))
        writeTuple(value);
    else if (PyDict_Check(object))
        writeDict(value);
    else
        writeOther(value);
}

void Encoder::writeInteger(py::handle value)
{
    int overflow = 0;
    const long long number = PyLong_AsLongLongAndOverflow(value.ptr(), &overflow);
    if (overflow) {
        // int's own repr, as Python's json does: a subclass may have another.
        const DigitLimitLifted lifted;
        appendCharacters(m_text, owned(PyLong_Type.tp_repr(value.ptr())));
        return;
    }
    m_text.appendInteger(number);
}

void Encoder::writeString(py::handle value)
{
    m_text.append('"');
    appendCharacters(m_text, value);
    m_text.append('"');
}

void Encoder::writeText(QByteArrayView text)
{
    m_text.append('"');
    appendEscaped(m_text, text);
    m_text.append('"');
}

void Encoder::writeList(py::handle list)
{
    const Nesting nesting(*this, list);
    Elements elements(*this);
    // The list may change while its items are written: ask anew each time, and hold the item.
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list.ptr()); ++i)
        elements.write(py::reinterpret_borrow<py::object>(PyList_GET_ITEM(list.ptr(), i)));
    elements.close();
}

void Encoder::writeTuple(py::handle tuple)
{
    const Nesting nesting(*this, tuple);
    Elements elements(*this);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple.ptr()); ++i)
        elements.write(PyTuple_GET_ITEM(tuple.ptr(), i));
    elements.close();
}

void Encoder::writeIterable(py::handle iterable)
{
    const Nesting nesting(*this, iterable);
    writeElements(iterable);
}

void Encoder::writeElements(py::handle iterable)
{
    Elements elements(*this);
    for (const auto item : py::iter(iterable))
        elements.write(item);
    elements.close();
}

void Encoder::writeDict(py::handle dict)
{
    const Nesting nesting(*this, dict);
    if (!PyDict_CheckExact(dict.ptr())) {
        // A subclass may keep an order of its own.
        writeItems(owned(PyMapping_Items(dict.ptr())));
        return;
    }
    // What is written calls code that may change the dict: as Python's json does, write it as it was.
    const auto snapshot = owned(PyDict_Copy(dict.ptr()));
    Members members(*this);
    Py_ssize_t position = 0;
    PyObject *key = nullptr;
    PyObject *value = nullptr;
    while (PyDict_Next(snapshot.ptr(), &position, &key, &value)) {
        members.next(key);
        write(value);
    }
    members.close();
}

void Encoder::writeItems(py::handle pairs)
{
    Members members(*this);
    for (const auto item : py::iter(pairs)) {
        const auto pair = item.cast<py::tuple>();
        members.next(pair[0]);
        write(pair[1]);
    }
    members.close();
}

void Encoder::writeName(py::handle key)
{
    PyObject *object = key.ptr();
    if (PyUnicode_Check(object)) {
        writeString(key);
    } else if (key.is_none()) {
        m_text.append("\"null\"");
    } else if (object == Py_True) {
        m_text.append("\"true\"");
    } else if (object == Py_False) {
        m_text.append("\"false\"");
    } else if (PyFloat_Check(object)) {
        const double number = PyFloat_AS_DOUBLE(object);
        m_text.append('"');
        if (std::isfinite(number))
            appendFloat(m_text, number);
        else
            m_text.append(std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
        m_text.append('"');
    } else if (PyLong_Check(object)) {
        m_text.append('"');
        writeInteger(key);
        m_text.append('"');
    } else {
        writeString(owned(PyObject_Str(object)));
    }
}

void Encoder::writeOther(py::handle value)
{
    const bool written = writeOwnForm(value) || writeReference(value) || writeBytes(value) ||
                         writeNumpy(value) || writePandas(value) || writeDataclass(value);
    if (!written)
        writeString(owned(PyObject_Str(value.ptr())));
}

bool Encoder::writeRegisteredForm(py::handle value)
{
    if (!m_forms)
        m_forms = loadedModule(py::str("liaison._forms"));
    if (!m_forms)
        return false;
    const py::object function = m_forms.attr("registered")(py::type::handle_of(value));
    if (function.is_none())
        return false;
    const Nesting nesting(*this, value);
    write(function(value));
    return true;
}

bool Encoder::writeOwnForm(py::handle value)
{
    py::object form;
    // Most have none: that is found without throwing.
    if (const auto method = py::reinterpret_steal<py::object>(PyObject_GetAttrString(value.ptr(), "getJSON")))
        form = py::reinterpret_steal<py::object>(PyObject_CallObject(method.ptr(), nullptr));
    if (!form) {
        // One that fails is as if it were not there. An interrupt is none of its own failures.
        if (!PyErr_ExceptionMatches(PyExc_Exception))
            throw py::error_already_set();
        PyErr_Clear();
        return false;
    }
    const Nesting nesting(*this, value);
    write(form);
    return true;
}

bool Encoder::writeReference(py::handle value)
{
    PyObject *object = value.ptr();
    if (PyExceptionInstance_Check(object)) {
        writeList(tracebackLines(value));
        return true;
    }
    if (PyModule_Check(object)) {
        writeString(py::str("python:///{}").format(value.attr("__name__")));
        return true;
    }
    const bool isBuiltin = PyCFunction_Check(object) &&
                           (!PyCFunction_GET_SELF(object) || PyModule_Check(PyCFunction_GET_SELF(object)));
    if (!PyType_Check(object) && !PyFunction_Check(object) && !isBuiltin)
        return false;
    const auto module = py::getattr(value, "__module__", py::none());
    if (!PyUnicode_Check(module.ptr()))
        return false;
    writeString(py::str("python:///{}:{}").format(module, value.attr("__qualname__")));
    return true;
}

bool Encoder::writeBytes(py::handle value)
{
    PyObject *object = value.ptr();
    if (PyBytes_Check(object) || PyByteArray_Check(object) || PyMemoryView_Check(object)) {
        const auto bytes = owned(PyBytes_FromObject(object));
        const auto raw =
            QByteArray::fromRawData(PyBytes_AS_STRING(bytes.ptr()), PyBytes_GET_SIZE(bytes.ptr()));
        writeText(raw.toBase64());
        return true;
    }
    if (PyAnySet_Check(object) || PyDictKeys_Check(object) || PyDictValues_Check(object) ||
        PyDictItems_Check(object)) {
        writeIterable(value);
        return true;
    }
    return false;
}

bool Encoder::writeDataclass(py::handle value)
{
    const auto fields = py::getattr(py::type::of(value), "__dataclass_fields__", py::none());
    if (!PyDict_Check(fields.ptr()))
        return false;
    const Nesting nesting(*this, value);
    Members members(*this);
    for (const auto field : py::module_::import("dataclasses").attr("fields")(value)) {
        const auto name = field.attr("name");
        members.next(name);
        write(value.attr(name));
    }
    members.close();
    return true;
}

bool Encoder::writeNumpy(py::handle value)
{
    // Who does not use it does not pay for it.
    const auto numpy = loadedModule(py::str("numpy"));
    if (!numpy)
        return false;
    if (isInstanceOf(value, numpy, "generic")) {
        writeNumpyScalar(value, numpy);
        return true;
    }
    if (!isInstanceOf(value, numpy, "ndarray"))
        return false;
    // A subclass may mean something else by its memory, as a masked array does.
    if (py::type::handle_of(value).is(numpy.attr("ndarray")) && writeNumbers(m_text, value))
        return true;
    const Nesting nesting(*this, value);
    const auto dtype = value.attr("dtype");
    if (hasPlainItems(dtype))
        write(value.attr("tolist")());
    else if (value.attr("ndim").cast<int>() == 0)
        writeItem(value, dtype);
    else if (isInstanceOf(value, numpy, "matrix"))
        writeElements(value.attr("A")); // of a matrix, each row is a matrix again
    else
        writeElements(value);
    return true;
}

/// The only item of an array that has no dimensions.
void Encoder::writeItem(py::handle array, const py::object &dtype)
{
    const py::object names = dtype.attr("names");
    if (names.is_none()) {
        write(array[py::tuple()]);
        return;
    }
    // Field by field: a masked structure is masked where one of its fields is.
    Elements elements(*this);
    for (const auto name : names)
        elements.write(array[name]);
    elements.close();
}

void Encoder::writeNumpyScalar(py::handle value, const py::object &numpy)
{
    const auto dtype = value.attr("dtype");
    const auto kind = dtype.attr("kind").cast<std::string>();
    if (kind == "M" || kind == "m") {
        if (numpy.attr("isnat")(value).cast<bool>())
            m_text.append("null");
        else
            writeString(py::str(value));
    } else if (dtype.attr("char").cast<std::string>() == "g") {
        appendFloat(m_text, value.attr("__float__")().cast<double>());
    } else if (!hasPlainItems(dtype)) {
        writeItem(value, dtype);
    } else {
        const auto plain = value.attr("item")();
        if (isInstanceOf(plain, numpy, "generic"))
            writeString(py::str(plain));
        else
            write(plain);
    }
}

bool Encoder::writePandas(py::handle value)
{
    const auto pandas = loadedModule(py::str("pandas"));
    if (!pandas)
        return false;
    if (value.is(py::getattr(pandas, "NA", py::none())) || value.is(py::getattr(pandas, "NaT", py::none()))) {
        m_text.append("null");
        return true;
    }
    if (isInstanceOf(value, pandas, "DataFrame")) {
        const Nesting nesting(*this, value);
        if (!value.attr("columns").attr("is_unique").cast<bool>())
            raise(PyExc_ValueError,
                  "two columns of the DataFrame have the same name: no object can hold both");
        writeItems(value.attr("items")());
        return true;
    }
    if (isInstanceOf(value, pandas, "Series") || isInstanceOf(value, pandas, "Index")) {
        const Nesting nesting(*this, value);
        write(value.attr("tolist")());
        return true;
    }
    return false;
}

} // namespace liaison
