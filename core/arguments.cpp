// SPDX-License-Identifier: MIT
#include "arguments.h"

#include <mutex>
#include <utility>
#include <vector>

namespace liaison {

namespace {

/// Spent arguments that wait to be used again. Documents of large messages are not kept.
class Pool {
public:
    std::unique_ptr<Arguments> take()
    {
        const std::scoped_lock lock(m_mutex);
        if (m_spent.empty())
            return std::make_unique<Arguments>();
        auto arguments = std::move(m_spent.back());
        m_spent.pop_back();
        return arguments;
    }

    void giveBack(std::unique_ptr<Arguments> arguments)
    {
        constexpr std::size_t largestKept = 4096;
        constexpr std::size_t mostKept = 256;
        if (arguments->document.capacity() > largestKept)
            return;
        auto document = std::move(arguments->document);
        *arguments = Arguments();
        arguments->document = std::move(document);
        const std::scoped_lock lock(m_mutex);
        if (m_spent.size() < mostKept)
            m_spent.push_back(std::move(arguments));
    }

private:
    std::mutex m_mutex;
    std::vector<std::unique_ptr<Arguments>> m_spent;
};

/// Never destroyed: commands may outlive static objects.
Pool &pool()
{
    static auto *const instance = new Pool;
    return *instance;
}

} // namespace

std::shared_ptr<Arguments> newArguments()
{
    return {pool().take().release(),
            [](Arguments *arguments) { pool().giveBack(std::unique_ptr<Arguments>(arguments)); }};
}

} // namespace liaison
