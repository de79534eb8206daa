// SPDX-License-Identifier: MIT
#pragma once

#include "callmodel.h"
#include "namespacemodel.h"
#include "statusicon.h"

#include <QElapsedTimer>
#include <QMainWindow>
#include <QTimer>

class QSplitter;
class QStackedWidget;
class QTreeView;

namespace liaison {

class CallsView;
class ConsoleView;
class DetailView;
class LatencyPlot;
class OutputView;
class StatusLine;
class Watched;

/// The debugging window: calls, one of them in detail, the namespace, latency, output, a console.
class Window final : public QMainWindow {
    Q_OBJECT
public:
    /// @param watched must outlive it
    explicit Window(Watched &watched);
    ~Window() override;

    /// Whether closing hides it, since an icon remains that opens it again.
    void setHidesOnClose(bool hides) { m_hidesOnClose = hides; }

    Activity activity() const { return m_activity; }

    /// Writes all calls to a file, as lines of JSON; says in the status line when that is done.
    void saveTo(const QString &path);

    /// The actions that the icon's menu has as well.
    QList<QAction *> serverActions() const { return {m_start, m_stop, m_restart}; }

Q_SIGNALS:
    void activityChanged(liaison::Activity activity, const QString &text);

    /// It was closed, and nothing of it remains to be seen.
    void closed();
    void quitWanted();

protected:
    void closeEvent(QCloseEvent *event) override;

private:
    void makeViews();
    void makeActions();
    QAction *addAction(QMenu *menu, const QString &text, const QKeySequence &keys);
    void connectAll();
    void onBatch(const CallBatch &batch);
    void onOpened();
    void onStateChanged();
    void showActivity();
    void showDetail();
    void stopCall(const Call &call);
    void stopSelected();
    void save();
    void readSettings();
    void writeSettings() const;

    Watched &m_watched;
    CallModel m_calls;
    NamespaceModel m_namespace;
    CallsView *m_callsView;
    DetailView *m_detail;
    QStackedWidget *m_namespaceStack;
    QTreeView *m_tree;
    LatencyPlot *m_plot;
    OutputView *m_output;
    ConsoleView *m_console;
    StatusLine *m_status;
    QList<QSplitter *> m_splitters;
    QAction *m_start = nullptr;
    QAction *m_stop = nullptr;
    QAction *m_restart = nullptr;
    QAction *m_stopCall = nullptr;
    QTimer m_refreshTimer;
    QTimer m_activityTimer;
    QElapsedTimer m_sinceError; ///< valid once there was one
    bool m_isNamespaceOld = false;
    bool m_hadCalls = false; ///< since the activity was last shown
    bool m_hidesOnClose = false;
    Activity m_activity = Activity::Idle;
};

} // namespace liaison
