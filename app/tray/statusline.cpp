// SPDX-License-Identifier: MIT
#include "statusline.h"

#include "callmodel.h"

#include <QLabel>

#include <algorithm>
#include <utility>

namespace liaison {

namespace {

constexpr int fieldMargin = 8;

} // namespace

StatusLine::StatusLine(QWidget *parent)
    : QStatusBar(parent)
    , m_state(new QLabel(this))
    , m_python(addField(tr("Python")))
    , m_clients(addField(tr("Clients")))
    , m_queue(addField(tr("Queue")))
    , m_rate(addField(tr("Commands per second")))
    , m_memory(addField(tr("Memory")))
{
    m_state->setContentsMargins(fieldMargin, 0, fieldMargin, 0);
    m_state->setAccessibleName(tr("State"));
    insertWidget(0, m_state, 1);
    showNoInfo();
}

QLabel *StatusLine::addField(const QString &accessibleName)
{
    auto *label = new QLabel(this);
    label->setAccessibleName(accessibleName);
    label->setContentsMargins(fieldMargin, 0, fieldMargin, 0);
    addPermanentWidget(label);
    return label;
}

void StatusLine::showState(const QString &text)
{
    m_state->setText(text);
}

void StatusLine::showInfo(const QJsonObject &info)
{
    constexpr double ms = 1000;
    const auto versions = info.value(QLatin1String("versions")).toObject();
    // This window is one of them.
    const auto clients = std::max(0, info.value(QLatin1String("clients")).toInt() - 1);
    const auto queued = info.value(QLatin1String("queued")).toInt();
    const double seconds = m_sinceInfo.isValid() ? double(m_sinceInfo.restart()) / ms : 0;
    if (seconds == 0)
        m_sinceInfo.start();
    const auto ended = std::exchange(m_ended, 0);
    const auto rate = seconds > 0 ? qRound(double(ended) / seconds) : 0;
    m_python->setText(tr("Python %1").arg(versions.value(QLatin1String("python")).toString()));
    m_python->setToolTip(info.value(QLatin1String("executable")).toString());
    m_clients->setText(clients == 1 ? tr("1 client") : tr("%1 clients").arg(clients));
    m_queue->setText(tr("%1 waiting").arg(queued));
    m_rate->setText(tr("%1/s").arg(rate));
    m_memory->setText(sizeText(info.value(QLatin1String("memory")).toInteger()));
    for (auto *label : {m_python, m_clients, m_queue, m_rate, m_memory})
        label->show();
}

void StatusLine::showNoInfo()
{
    m_sinceInfo.invalidate();
    for (auto *label : {m_python, m_clients, m_queue, m_rate, m_memory})
        label->hide();
}

} // namespace liaison
