// SPDX-License-Identifier: MIT
#include "stopdelegate.h"

#include "call.h"
#include "callfilter.h"

#include <QApplication>
#include <QMouseEvent>
#include <QPainter>

namespace liaison {

namespace {

constexpr int margin = 2;

bool isRunning(const QModelIndex &index)
{
    const auto *calls = qobject_cast<const CallFilter *>(index.model());
    return calls && calls->callAt(index).state == CallState::Running;
}

} // namespace

QRect StopDelegate::buttonRect(const QStyleOptionViewItem &option)
{
    const int width =
        option.fontMetrics.horizontalAdvance(tr("Stop")) + 6 * margin + option.fontMetrics.height();
    return {option.rect.right() - width - margin + 1, option.rect.top() + margin / 2, width,
            option.rect.height() - margin};
}

void StopDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                         const QModelIndex &index) const
{
    QStyledItemDelegate::paint(painter, option, index);
    if (!isRunning(index))
        return;
    QStyleOptionButton button;
    button.rect = buttonRect(option);
    button.palette = option.palette;
    button.fontMetrics = option.fontMetrics;
    button.text = tr("Stop");
    button.state = QStyle::State_Enabled | (m_pressed == index ? QStyle::State_Sunken : QStyle::State_Raised);
    const auto *style = option.widget ? option.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_PushButton, &button, painter, option.widget);
}

bool StopDelegate::editorEvent(QEvent *event, QAbstractItemModel *model, const QStyleOptionViewItem &option,
                               const QModelIndex &index)
{
    const bool isPress = event->type() == QEvent::MouseButtonPress;
    if ((!isPress && event->type() != QEvent::MouseButtonRelease) || !isRunning(index))
        return QStyledItemDelegate::editorEvent(event, model, option, index);
    const auto *mouse = static_cast<QMouseEvent *>(event);
    const bool isInside = buttonRect(option).contains(mouse->position().toPoint());
    if (isPress) {
        m_pressed = isInside ? QPersistentModelIndex(index) : QPersistentModelIndex();
        return isInside;
    }
    const bool wasPressed = m_pressed == index;
    m_pressed = QPersistentModelIndex();
    if (wasPressed && isInside)
        Q_EMIT stopClicked(index);
    return wasPressed;
}

} // namespace liaison
