// SPDX-License-Identifier: MIT
#include "arrays.h"

#include "floatrepr.h"

#include <QFloat16>
#include <QScopeGuard>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace liaison {

namespace {

using Writer = void (*)(TextBuffer &text, const char *item);

/// The longest integer of 64 bits, its sign included.
constexpr qsizetype longestInteger = 20;

template <typename Number, bool swapped> Number loaded(const char *item)
{
    std::array<char, sizeof(Number)> bytes;
    std::memcpy(bytes.data(), item, bytes.size());
    if constexpr (swapped)
        std::reverse(bytes.begin(), bytes.end());
    return std::bit_cast<Number>(bytes);
}

template <typename Number, bool swapped> void writeNumber(TextBuffer &text, const char *item)
{
    const auto number = loaded<Number, swapped>(item);
    if constexpr (std::is_integral_v<Number>) {
        char *room = text.room(longestInteger);
        text.commit(std::to_chars(room, room + longestInteger, number).ptr - room);
    } else {
        const auto value = double(number);
        if (std::isfinite(value))
            text.commit(writeFloatRepr(value, text.room(longestFloatRepr)));
        else
            text.append("null");
    }
}

void writeBoolean(TextBuffer &text, const char *item)
{
    text.append(*item ? QByteArrayView("true") : QByteArrayView("false"));
}

template <bool swapped> Writer signedWriter(Py_ssize_t size)
{
    switch (size) {
    case 1:
        return writeNumber<std::int8_t, swapped>;
    case 2:
        return writeNumber<std::int16_t, swapped>;
    case 4:
        return writeNumber<std::int32_t, swapped>;
    case 8:
        return writeNumber<std::int64_t, swapped>;
    default:
        return nullptr;
    }
}

template <bool swapped> Writer unsignedWriter(Py_ssize_t size)
{
    switch (size) {
    case 1:
        return writeNumber<std::uint8_t, swapped>;
    case 2:
        return writeNumber<std::uint16_t, swapped>;
    case 4:
        return writeNumber<std::uint32_t, swapped>;
    case 8:
        return writeNumber<std::uint64_t, swapped>;
    default:
        return nullptr;
    }
}

template <bool swapped> Writer floatWriter(Py_ssize_t size)
{
    switch (size) {
    case 2:
        return writeNumber<qfloat16, swapped>;
    case 4:
        return writeNumber<float, swapped>;
    case 8:
        return writeNumber<double, swapped>;
    default:
        return nullptr;
    }
}

template <bool swapped> Writer writerFor(char kind, Py_ssize_t size)
{
    constexpr std::string_view signedKinds = "bhilqn";
    constexpr std::string_view unsignedKinds = "BHILQN";
    constexpr std::string_view floatKinds = "efd";
    if (kind == '?' && size == 1)
        return writeBoolean;
    if (signedKinds.find(kind) != signedKinds.npos)
        return signedWriter<swapped>(size);
    if (unsignedKinds.find(kind) != unsignedKinds.npos)
        return unsignedWriter<swapped>(size);
    if (floatKinds.find(kind) != floatKinds.npos)
        return floatWriter<swapped>(size);
    return nullptr;
}

/// What writes one item of a format; null for all but numbers. Source of the format: the module struct of
/// Python, and PEP 3118.
Writer writerFor(std::string_view format, Py_ssize_t size)
{
    bool swapped = false;
    if (!format.empty() && std::string_view("@=<>!").find(format.front()) != std::string_view::npos) {
        const bool isBig = format.front() == '>' || format.front() == '!';
        const bool isLittle = format.front() == '<';
        swapped = std::endian::native == std::endian::little ? isBig : isLittle;
        format.remove_prefix(1);
    }
    if (format.size() != 1)
        return nullptr;
    return swapped ? writerFor<true>(format.front(), size) : writerFor<false>(format.front(), size);
}

/// Bytes from one item of a dimension to the next. Whose memory is in C order may leave them out.
std::vector<Py_ssize_t> stridesOf(const Py_buffer &view)
{
    std::vector<Py_ssize_t> strides(std::size_t(view.ndim), view.itemsize);
    if (view.strides)
        std::copy_n(view.strides, view.ndim, strides.begin());
    else
        for (auto i = strides.size(); i-- > 1;)
            strides[i - 1] = strides[i] * view.shape[i];
    return strides;
}

struct Shape {
    const Py_ssize_t *items; ///< in each dimension
    const Py_ssize_t *strides;
    int dimensions;
};

void writeDimensions(TextBuffer &text, Shape shape, Writer writer, const char *start)
{
    if (shape.dimensions == 0) {
        writer(text, start);
        return;
    }
    const Shape inner = {shape.items + 1, shape.strides + 1, shape.dimensions - 1};
    text.append('[');
    for (Py_ssize_t i = 0; i < *shape.items; ++i) {
        if (i > 0)
            text.append(", ");
        writeDimensions(text, inner, writer, start + i * *shape.strides);
    }
    text.append(']');
}

} // namespace

bool writeNumbers(TextBuffer &text, pybind11::handle array)
{
    Py_buffer view = {};
    if (PyObject_GetBuffer(array.ptr(), &view, PyBUF_RECORDS_RO) < 0) {
        PyErr_Clear();
        return false;
    }
    const auto release = qScopeGuard([&view] { PyBuffer_Release(&view); });
    const Writer writer = writerFor(view.format ? view.format : "B", view.itemsize);
    if (!writer)
        return false;
    const auto strides = stridesOf(view);
    writeDimensions(text, {view.shape, strides.data(), view.ndim}, writer,
                    static_cast<const char *>(view.buf));
    return true;
}

} // namespace liaison
