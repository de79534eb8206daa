// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace liaison {

/// Hands values from any thread to one reader. Who puts the first one in wakes the reader, so that values
/// which wait together cost one wake-up.
template <typename T> class Mailbox {
public:
    /// Thread-safe. Answers whether the reader must be woken; a closed box drops the value.
    bool put(T value)
    {
        const std::scoped_lock lock(m_mutex);
        if (m_closed)
            return false;
        m_waiting.push_back(std::move(value));
        return !std::exchange(m_readerAwake, true);
    }

    /// The reader takes the next value. Without one it is asleep: the next put() answers true.
    std::optional<T> take()
    {
        const std::scoped_lock lock(m_mutex);
        if (m_waiting.empty()) {
            m_readerAwake = false;
            return std::nullopt;
        }
        std::optional<T> value(std::move(m_waiting.front()));
        m_waiting.pop_front();
        return value;
    }

    /// Thread-safe. Nothing comes in or out from now on; answers what was left.
    std::deque<T> close()
    {
        const std::scoped_lock lock(m_mutex);
        m_closed = true;
        return std::exchange(m_waiting, {});
    }

private:
    std::mutex m_mutex;
    std::deque<T> m_waiting;
    bool m_readerAwake = false;
    bool m_closed = false;
};

} // namespace liaison
