// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <iterator>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

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
        m_hasWaiting.store(true, std::memory_order_release);
        return !std::exchange(m_readerAwake, true);
    }

    /// Thread-safe. The same for several; what was moved out of them is left empty.
    bool putAll(std::vector<T> &values)
    {
        const std::scoped_lock lock(m_mutex);
        if (m_closed || values.empty())
            return false;
        m_waiting.insert(m_waiting.end(), std::move_iterator(values.begin()),
                         std::move_iterator(values.end()));
        values.clear();
        m_hasWaiting.store(true, std::memory_order_release);
        return !std::exchange(m_readerAwake, true);
    }

    /// The reader takes all that waits. Without any it is asleep: the next put() answers true.
    std::deque<T> takeAll()
    {
        const std::scoped_lock lock(m_mutex);
        m_readerAwake = !m_waiting.empty();
        m_hasWaiting.store(false, std::memory_order_release);
        return std::exchange(m_waiting, {});
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
        m_hasWaiting.store(!m_waiting.empty(), std::memory_order_release);
        return value;
    }

    /// Thread-safe. Takes out the first value that a predicate holds for.
    template <typename Predicate> std::optional<T> takeIf(Predicate isMeant)
    {
        const std::scoped_lock lock(m_mutex);
        const auto found = std::find_if(m_waiting.begin(), m_waiting.end(), isMeant);
        if (found == m_waiting.end())
            return std::nullopt;
        std::optional<T> value(std::move(*found));
        m_waiting.erase(found);
        m_hasWaiting.store(!m_waiting.empty(), std::memory_order_release);
        return value;
    }

    /// Thread-safe. How many values wait.
    std::size_t size() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_waiting.size();
    }

    /// The reader, asleep, looks for a value all the same, for so long at the most: between threads that both
    /// run, that is ten times as quick as a wake-up. After looks in vain it is left out more and more often.
    /// @return whether there is a value; then the reader is awake, otherwise asleep
    bool lookFor(std::chrono::nanoseconds longest)
    {
        static const bool isWorthwhile = std::thread::hardware_concurrency() > 1;
        if (!isWorthwhile || m_looksToSkip > 0) {
            m_looksToSkip -= m_looksToSkip > 0 ? 1 : 0;
            return false;
        }
        stayAwake();
        const auto end = std::chrono::steady_clock::now() + longest;
        while (!m_hasWaiting.load(std::memory_order_acquire) && std::chrono::steady_clock::now() < end)
            std::this_thread::yield();
        const bool found = !restUnlessWaiting();
        m_vainLooks = found ? 0 : std::min(m_vainLooks + 1, mostVainLooks);
        m_looksToSkip = found ? 0 : 1 << m_vainLooks;
        return found;
    }

    /// Thread-safe. Nothing comes in or out from now on; answers what was left.
    std::deque<T> close()
    {
        const std::scoped_lock lock(m_mutex);
        m_closed = true;
        m_hasWaiting = false;
        return std::exchange(m_waiting, {});
    }

private:
    void stayAwake()
    {
        const std::scoped_lock lock(m_mutex);
        m_readerAwake = true;
    }

    /// Unless there is a value.
    bool restUnlessWaiting()
    {
        const std::scoped_lock lock(m_mutex);
        m_readerAwake = !m_waiting.empty();
        return !m_readerAwake;
    }

    mutable std::mutex m_mutex;
    std::deque<T> m_waiting;
    std::atomic<bool> m_hasWaiting = false; ///< what the reader may ask without the mutex
    bool m_readerAwake = false;
    bool m_closed = false;

    static constexpr int mostVainLooks = 6;
    int m_vainLooks = 0; ///< one after another; the reader's own, as the next
    int m_looksToSkip = 0;
};

} // namespace liaison
