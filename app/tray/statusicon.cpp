// SPDX-License-Identifier: MIT
#include "statusicon.h"

#include <QPainter>
#include <QPixmap>

#include <array>

namespace liaison {

namespace {

QColor colorOf(Activity activity)
{
    switch (activity) {
    case Activity::Busy:
        return {0x1e, 0x88, 0xe5};
    case Activity::Error:
        return {0xe5, 0x39, 0x35};
    default:
        return {0x60, 0x7d, 0x8b};
    }
}

/// Two discs that a bar joins: the frontend and Python. An error has an exclamation mark, as colours are not
/// for everyone.
QPixmap drawn(Activity activity, int size)
{
    QPixmap pixmap(size, size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.scale(size / 16.0, size / 16.0);
    const auto color = colorOf(activity);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawRoundedRect(QRectF(0.5, 0.5, 15, 15), 4, 4);
    painter.setBrush(Qt::white);
    if (activity == Activity::Error) {
        painter.drawRoundedRect(QRectF(7, 3, 2, 6.5), 1, 1);
        painter.drawEllipse(QPointF(8, 12), 1.3, 1.3);
        return pixmap;
    }
    painter.drawEllipse(QPointF(4.6, 8), 2.4, 2.4);
    painter.drawEllipse(QPointF(11.4, 8), 2.4, 2.4);
    painter.drawRect(QRectF(4.6, 7.3, 6.8, 1.4));
    if (activity == Activity::Busy) {
        painter.setBrush(color);
        painter.drawEllipse(QPointF(11.4, 8), 1.3, 1.3);
    }
    return pixmap;
}

} // namespace

QIcon activityIcon(Activity activity)
{
    QIcon icon;
    for (const int size : {16, 22, 24, 32, 48, 64, 128})
        icon.addPixmap(drawn(activity, size));
    return icon;
}

StatusIcon::StatusIcon(QObject *parent)
    : QSystemTrayIcon(activityIcon(Activity::Idle), parent)
{
    connect(this, &QSystemTrayIcon::activated, this, [this](ActivationReason reason) {
        if (reason == Trigger || reason == DoubleClick)
            Q_EMIT windowWanted();
    });
}

void StatusIcon::setActivity(Activity activity, const QString &text)
{
    // It is asked often, and each change goes to the desktop.
    if (const auto shown = QStringLiteral("Liaison: ") + text; shown != toolTip())
        setToolTip(shown);
    if (activity == m_activity)
        return;
    m_activity = activity;
    setIcon(activityIcon(activity));
}

} // namespace liaison
