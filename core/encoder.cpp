// SPDX-License-Identifier: MIT
#include "encoder.h"

#include "digitlimit.h"
#include "failure.h"
#include "owned.h"
#include "recursion.h"

#include <QString>

#include <array>
#include <charconv>
#include <cmath>

namespace py = pybind11;

namespace liaison {

namespace {

/// The UTF-8 of a str that has no lone surrogates; null for one that has.
QByteArrayView utf8(py::handle string)
{
    Py_ssize_t length = 0;
    if (const char *text = PyUnicode_AsUTF8AndSize(string.ptr(), &length))
        return {text, length};
    PyErr_Clear();
    return {};
}

constexpr bool isPlain(unsigned char c)
{
    return c >= 0x20 && c != '"' && c != '\\';
}

/// The escape of one character below U+0080 that JSON does not take as it is.
void appendEscape(TextBuffer &text, unsigned char c)
{
    static constexpr std::string_view named = "\"\\\b\f\n\r\t";
    static constexpr std::string_view letters = "\"\\bfnrt";
    if (const auto index = named.find(char(c)); index != named.npos) {
        const std::array<char, 2> escape = {'\\', letters[index]};
        text.append(QByteArrayView(escape.data(), 2));
        return;
    }
    std::array<char, 8> escape{};
    const int length = std::snprintf(escape.data(), escape.size(), "\\u%04x", unsigned(c));
    text.append(QByteArrayView(escape.data(), length));
}

/// UTF-8 with what JSON wants escaped. Runs of plain characters are copied whole.
void appendEscaped(TextBuffer &text, QByteArrayView utf8)
{
    const char *run = utf8.begin();
    for (const char *c = run; c != utf8.end(); ++c) {
        if (isPlain(static_cast<unsigned char>(*c)))
            continue;
        text.append(QByteArrayView(run, c));
        appendEscape(text, static_cast<unsigned char>(*c));
        run = c + 1;
    }
    text.append(QByteArrayView(run, utf8.end()));
}

/// Character by character, for a str with lone surrogates: those leave as \udXXX.
void appendWithSurrogates(TextBuffer &text, py::handle string)
{
    const Py_ssize_t length = PyUnicode_GetLength(string.ptr());
    for (Py_ssize_t i = 0; i < length; ++i) {
        const Py_UCS4 c = PyUnicode_ReadChar(string.ptr(), i);
        if (c >= 0xD800 && c <= 0xDFFF) {
            std::array<char, 8> escape{};
            const int written = std::snprintf(escape.data(), escape.size(), "\\u%04x", unsigned(c));
            text.append(QByteArrayView(escape.data(), written));
        } else {
            const char32_t character = c;
            appendEscaped(text, QString::fromUcs4(&character, 1).toUtf8());
        }
    }
}

/// A module that somebody has imported already; null otherwise. Who does not use numpy does not pay for it.
py::object loadedModule(const char *name)
{
    PyObject *modules = PyImport_GetModuleDict();
    return py::reinterpret_borrow<py::object>(PyDict_GetItemString(modules, name));
}

/// Whether the value is an instance of the module's class, which a half imported module may lack.
bool isInstanceOf(py::handle value, const py::object &module, const char *className)
{
    const auto type = py::getattr(module, className, py::none());
    // Of the type itself: an object's __class__ may lie.
    return PyType_Check(type.ptr()) &&
           PyType_IsSubtype(Py_TYPE(value.ptr()), reinterpret_cast<PyTypeObject *>(type.ptr()));
}

} // namespace

/// While a container is written: finds cycles, counts recursion.
class Encoder::Nesting {
public:
    Nesting(Encoder &encoder, py::handle container)
        : m_guard(" while writing JSON")
        , m_encoder(encoder)
    {
        for (const PyObject *open : encoder.m_open) {
            if (open == container.ptr()) {
                PyErr_SetString(PyExc_ValueError, "Circular reference detected");
                throw py::error_already_set();
            }
        }
        encoder.m_open.push_back(container.ptr());
    }
    ~Nesting() { m_encoder.m_open.pop_back(); }

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
        if (m_isOutermost && m_encoder.m_ensuresEvt && PyUnicode_Check(name.ptr()) && utf8(name) == "evt")
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

void Encoder::write(py::handle value)
{
    PyObject *object = value.ptr();
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
        writeFloat(PyFloat_AS_DOUBLE(object));
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
        m_text.append(utf8(owned(PyLong_Type.tp_repr(value.ptr()))));
        return;
    }
    char *room = m_text.room(24);
    m_text.commit(std::to_chars(room, room + 24, number).ptr - room);
}

void Encoder::writeFloat(double value)
{
    if (std::isfinite(value))
        m_text.commit(writeFloatRepr(value, m_text.room(32)));
    else
        m_text.append("null");
}

void Encoder::writeString(py::handle value)
{
    m_text.append('"');
    const auto text = utf8(value);
    if (text.isNull())
        appendWithSurrogates(m_text, value);
    else
        appendEscaped(m_text, text);
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
    Members members(*this);
    const Py_ssize_t size = PyDict_GET_SIZE(dict.ptr());
    Py_ssize_t position = 0;
    PyObject *key = nullptr;
    PyObject *value = nullptr;
    while (PyDict_Next(dict.ptr(), &position, &key, &value)) {
        const auto heldKey = py::reinterpret_borrow<py::object>(key);
        const auto heldValue = py::reinterpret_borrow<py::object>(value);
        members.next(heldKey);
        write(heldValue);
        if (PyDict_GET_SIZE(dict.ptr()) != size) {
            PyErr_SetString(PyExc_RuntimeError, "dictionary changed size during iteration");
            throw py::error_already_set();
        }
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
            writeFloat(number);
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

bool Encoder::writeOwnForm(py::handle value)
{
    py::object form;
    try {
        const auto method = py::getattr(value, "getJSON", py::none());
        if (method.is_none())
            return false;
        form = method();
    } catch (const py::error_already_set &error) {
        // A getJSON that fails is as if it were not there. An interrupt is none of its own failures.
        if (error.matches(PyExc_Exception))
            return false;
        throw;
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
    const auto numpy = loadedModule("numpy");
    if (!numpy)
        return false;
    const bool isScalar = isInstanceOf(value, numpy, "generic");
    if (!isScalar && !isInstanceOf(value, numpy, "ndarray"))
        return false;
    const auto kind = value.attr("dtype").attr("kind").cast<std::string>();
    const bool isTime = kind == "M" || kind == "m";
    // Of a long double Python has no form either: its item() is itself.
    const bool isLong = value.attr("dtype").attr("char").cast<std::string>() == "g";
    if (!isScalar && (isTime || isLong)) {
        if (value.attr("ndim").cast<int>() > 0)
            writeIterable(value);
        else
            write(value[py::tuple()]);
    } else if (isTime) {
        if (numpy.attr("isnat")(value).cast<bool>())
            m_text.append("null");
        else
            writeString(py::str(value));
    } else if (isLong) {
        writeFloat(value.attr("__float__")().cast<double>());
    } else {
        const auto plain = value.attr(isScalar ? "item" : "tolist")();
        if (isInstanceOf(plain, numpy, "generic"))
            writeString(py::str(plain));
        else
            write(plain);
    }
    return true;
}

bool Encoder::writePandas(py::handle value)
{
    const auto pandas = loadedModule("pandas");
    if (!pandas)
        return false;
    if (value.is(py::getattr(pandas, "NA", py::none())) || value.is(py::getattr(pandas, "NaT", py::none()))) {
        m_text.append("null");
        return true;
    }
    if (isInstanceOf(value, pandas, "DataFrame")) {
        const Nesting nesting(*this, value);
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

qsizetype writeFloatRepr(double value, char *text)
{
    // Shortest digits that read back the same, as float.__repr__ has them; laid out by its rules: an exponent
    // below 1e-4 and from 1e16 on, at least two digits in it, ".0" behind what would read as an integer.
    std::array<char, 32> scientific{};
    const auto end = std::to_chars(scientific.data(), scientific.data() + scientific.size(), value,
                                   std::chars_format::scientific)
                         .ptr;
    char *out = text;
    const char *in = scientific.data();
    if (*in == '-')
        *out++ = *in++;
    std::array<char, 20> digits{};
    int count = 0;
    for (; *in != 'e'; ++in) {
        if (*in != '.')
            digits[std::size_t(count++)] = *in;
    }
    ++in;
    int exponent = 0;
    std::from_chars(*in == '+' ? in + 1 : in, end, exponent);
    const auto put = [&](int from, int to) {
        for (int i = from; i < to; ++i)
            *out++ = i < count ? digits[std::size_t(i)] : '0';
    };
    if (exponent < -4 || exponent >= 16) {
        put(0, 1);
        if (count > 1) {
            *out++ = '.';
            put(1, count);
        }
        *out++ = 'e';
        *out++ = exponent < 0 ? '-' : '+';
        const int size = std::abs(exponent);
        if (size < 10)
            *out++ = '0';
        out = std::to_chars(out, out + 4, size).ptr;
    } else if (exponent < 0) {
        *out++ = '0';
        *out++ = '.';
        out = std::fill_n(out, -exponent - 1, '0');
        put(0, count);
    } else {
        put(0, exponent + 1);
        *out++ = '.';
        put(exponent + 1, std::max(count, exponent + 2));
    }
    return out - text;
}

} // namespace liaison
