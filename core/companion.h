// SPDX-License-Identifier: MIT
#pragma once

#include "fork.h"
#include "interrupter.h"
#include "mailbox.h"
#include "message.h"
#include "watchdog.h"

#include <pybind11/pybind11.h>

#include <QObject>
#include <QVarLengthArray>

#include <array>
#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace liaison {

class Backpressure;
class Targets;

/// The arguments of a call, as Python objects.
struct CallParts {
    QVarLengthArray<pybind11::object, 8> args;
    pybind11::object kwargs; ///< dict of str to object; null without keyword arguments
    References references = References::Top;

    bool hasKeyword(const char *name) const;
};

/// Runs commands: the one place where Python is called for a client. Lives on the thread that it was made on,
/// Python's main thread as a rule; commands come from any thread, run one after another, and each is answered
/// exactly once with replied().
///
/// The namespace and the table of commands are those of a Python object, an instance of liaison.Companion.
class Companion final : public QObject {
    Q_OBJECT
public:
    /// Needs the GIL, as the destructor does.
    /// @param python an instance of the Python class liaison.Companion
    explicit Companion(pybind11::object python);
    ~Companion() override;

    /// Thread-safe. The command runs when those before it are done.
    void enqueue(const liaison::Command &command);

    /// The same on the I/O thread, but only wake() has it begin: commands that come together are handed over
    /// and begun together.
    void collect(const liaison::Command &command);
    void wake();

    /// Thread-safe. No command begins any more: those that wait get an error reply. One that runs goes on.
    void close();

    /// Thread-safe. Raises KeyboardInterrupt in the command that runs; answers whether there was one.
    bool interruptRunning();

    /// What interrupt() found.
    struct Found {
        bool isAny = false;
        quint64 running = 0; ///< the command to be stopped with stop(); 0 if it was dealt with
    };

    /// On the I/O thread. Looks for the command with an id, among those of a client first: one that waits is
    /// taken out, one whose result has not arrived is given up, both with an error reply.
    /// @param id as idOf() has it; null means what runs
    Found interrupt(ClientId client, const QByteArray &id);

    /// On the I/O thread. Interrupts a command that runs, unless it has been interrupted already; gives up
    /// one whose result has not arrived.
    /// @return whether it must be asked again
    bool stop(quint64 serial, StopReason reason);

    /// Thread-safe.
    std::size_t waitingCount() const { return m_waiting.size(); }

    /// Thread-safe. The id of the command that runs, as idOf() has it; null without one.
    QByteArray runningId() const;

    /// Where streams wait for slow clients; without it they do not.
    void setBackpressure(std::shared_ptr<Backpressure> backpressure);

    /// Error replies to all whose results have not arrived; waits for those that are being written just now
    /// on other threads. Needs the GIL, which it releases meanwhile.
    void abandonPending();

Q_SIGNALS:
    /// A whole reply, in UTF-8. Emitted on whichever thread finished it.
    void replied(liaison::ClientId client, const QByteArray &text);

    /// An item of a stream, as replied().
    void itemReady(liaison::ClientId client, const QByteArray &text);

    /// A command has begun that may take so many seconds; or such a command has ended.
    void timerWanted(quint64 serial, double timeout_s);
    void timerDone(quint64 serial);

    /// A command begins on this thread; it is about to be answered, or its result is waited for from now on.
    void commandBegun(liaison::ClientId client, const QByteArray &evt);
    void commandEnding();

    /// It is time to send what was replied: no more is known to follow at once. Emitted where replied() is.
    void repliesComplete();

    /// The commands that waited have run; emitted with the GIL.
    void idle();

private:
    /// The commands whose arguments are the arguments of another call, which go there without a detour; and
    /// get, the other one that frontends send most.
    enum class Kind { Run, Try, Init, Get, Other };

    struct Direct {
        Kind kind = Kind::Other;
        QString name;
        pybind11::object key;    ///< the name, as a str
        pybind11::object method; ///< null where the Python object overrides it
    };

    /// A reply that waits for its result.
    struct Pending {
        quint64 serial = 0;
        ClientId client = everyClient;
        QByteArray evt;
        CommandOptions options;
        std::shared_ptr<const void> place; ///< the command's own
        bool isTry = false;
        bool sendsItems = false;   ///< of an async iterator; what arrives is their number
        pybind11::object cancel;   ///< gives up waiting; null before that has begun
        pybind11::object iterator; ///< whose items are to be sent, once it has arrived
    };

    /// Reaches the companion from callbacks that may outlive it. Used with the GIL.
    struct Link {
        Companion *companion = nullptr;
    };

    void runWaiting();
    bool runBatch();
    bool takeNext(std::optional<Command> &next);
    void run(const Command &command);
    template <typename Work> void answer(const Pending &pending, Work work);
    void begin(const Command &command);
    void end();
    void endOutput(quint64 serial);
    void finish(const Pending &pending, const pybind11::object &result);
    void deliver(const Pending &pending, const pybind11::object &result);
    void awaitResult(Pending pending, const pybind11::object &result);
    pybind11::object watched(const Pending &pending, const pybind11::object &result);
    void onArrived(quint64 serial, const pybind11::object &result, const pybind11::object &exception);
    bool isPending(quint64 serial) const;
    std::optional<Pending> takePending(quint64 serial);
    template <typename Predicate> std::optional<Pending> takePendingIf(Predicate isMeant);
    void giveUp(Pending pending, StopReason reason);
    void cancelGivenUp();
    void streamLater(Pending pending, const pybind11::object &iterator);
    bool isStreamWaiting() const;
    void runArrivedStream();
    void stream(const Pending &pending, const pybind11::object &iterator);
    bool sendItem(const Pending &pending, pybind11::handle item);
    bool hasRoom(ClientId client, std::chrono::milliseconds patience) const;
    void waitForRoom(ClientId client) const;
    void fail(const Pending &pending, pybind11::handle exception);
    void write(const Pending &pending, bool success, pybind11::handle value, pybind11::handle exception = {});
    void reply(Pending pending, pybind11::error_already_set &error);
    void reply(const Pending &pending, const std::exception &error);
    void refuse(const Command &command);

    pybind11::object method(const QString &name);
    Kind kindOf(const pybind11::object &method) const;
    static bool isPlain(Kind kind, const CallParts &call);
    pybind11::object execute(Kind kind, const pybind11::object &method, const CallParts &call);

    pybind11::object m_python;
    Targets *m_targets; ///< owned by m_python
    std::array<Direct, 4> m_direct;
    pybind11::object m_namespaceName;
    pybind11::object m_commandsName;
    mutable std::mutex m_mutex; ///< guards the next four; never held while Python runs
    const Command *m_running = nullptr;
    std::map<quint64, Pending> m_pending;
    std::deque<quint64> m_arrivedStreams; ///< of those, in the order they came
    std::vector<Pending> m_givenUp;       ///< to be cancelled as soon as Python can
    std::atomic<quint64> m_timedOut = 0;  ///< the command that runs, if that is why it is interrupted
    std::atomic<quint64> m_outputOf = 0;  ///< the command whose output goes to its client
    std::shared_ptr<Backpressure> m_backpressure;
    std::atomic<bool> m_isClosed = false;
    int m_arriving = 0; ///< results that are being written; guarded by m_arrivedMutex
    std::condition_variable m_arrived;
    std::mutex m_arrivedMutex;
    std::shared_ptr<Link> m_link;
    Interrupter m_interrupter;
    Mailbox<Command> m_waiting;
    std::vector<Command> m_collected; ///< on the I/O thread
    int m_generation = forkGeneration();
};

/// Calls what a target names, as the commands run, try and init do: references among the top-level arguments,
/// the keyword arguments and their names are replaced by what they point to.
/// @param namespaceDict dict of str to object
/// @param target str
/// @param skipped so many of the arguments come before those of the call
/// @throws pybind11::error_already_set whatever the target's resolution or the call raises
pybind11::object callTarget(Targets &targets, const pybind11::object &namespaceDict,
                            const pybind11::object &target, const CallParts &call, qsizetype skipped = 0);

} // namespace liaison
