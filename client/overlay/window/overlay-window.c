/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/window/overlay-window.h"
#include "overlay/captions/announcer.h"
#include "overlay/captions/caption-view.h"
#include "overlay/window/overlay-controls.h"
#include "overlay/window/overlay-frame.h"
#include "overlay/window/overlay-mover.h"
#include "overlay/window/overlay-place.h"
#include "overlay/window/status-bar.h"

#include <glib/gi18n.h>

/* Limit of earlier segments: more than there are lines, because some are empty. */
#define PAST_SEGMENTS 32

/* Locked captions show nothing else. The other colours are fixed, because the
 * background can be anything. */
static const char style[] =
    "window.captions { background: none; box-shadow: none; }"
    "window.captions captionframe.unlocked {"
    "  box-shadow: inset 0 0 0 6px rgba(0, 0, 0, 0.8); border-radius: 8px;"
    "  outline: 2px solid #ffffff; outline-offset: -4px;"
    "  background-color: rgba(0, 0, 0, 0.5);"
    "  background-image: linear-gradient(#ffffff, #ffffff), linear-gradient(#ffffff, #ffffff);"
    "  background-size: 4px 40px; background-repeat: no-repeat;"
    "  background-position: 8px center, calc(100% - 8px) center; }"
    "window.captions captionframe > box { margin: 8px 18px; }"
    "window.captions .controls { background: rgba(0, 0, 0, 0.8); border-radius: 6px; }"
    "window.captions .controls button {"
    "  color: #ffffff; background: none; border: none; box-shadow: none; text-shadow: none;"
    "  -gtk-icon-shadow: none; min-width: 34px; min-height: 34px; padding: 0; }"
    "window.captions .controls button:hover, window.captions .controls button:checked {"
    "  background: rgba(255, 255, 255, 0.25); }"
    "window.captions .controls button:focus-visible { outline: 2px solid #ffffff; outline-offset: -2px; }"
    "window.captions .advice { color: #ffffff; background: rgba(0, 0, 0, 0.85); padding: 6px 10px;"
    "  border-radius: 6px; }";

struct _CapOverlayWindow
{
  GtkApplicationWindow parent_instance;

  CapSubscription *subscription;
  GSettings *settings;
  CapRoll *roll;

  GtkWidget *view;
  GtkWidget *status_bar;
  GtkWidget *frame;
  GtkCssProvider *style;
  CapOverlayPlace *place;
  CapOverlayMover *mover;

  gboolean locked;
  guint lines; /* maximal number of lines */
  guint look_id; /* pending update of the look */
  guint age_id;
  gint64 age_time; /* due time of @age_id */

  CapAnnouncer *announcer;
  GPtrArray *past;      /* CapSegment: the newest of those from before the subscription */
  gboolean catching_up; /* the segments that arrive are earlier ones */
};

G_DEFINE_FINAL_TYPE (CapOverlayWindow, cap_overlay_window, GTK_TYPE_APPLICATION_WINDOW)

static void cap_overlay_window_size_allocate (GtkWidget *widget, int width, int height, int baseline);
static void cap_overlay_window_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);
static void cap_overlay_window_map (GtkWidget *widget);
static void cap_overlay_window_unmap (GtkWidget *widget);
static void cap_overlay_window_realize (GtkWidget *widget);
static void disconnect (CapOverlayWindow *self, gpointer instance);

/* lifecycle */

static void
cap_overlay_window_dispose (GObject *object)
{
  CapOverlayWindow *self = CAP_OVERLAY_WINDOW (object);

  g_clear_handle_id (&self->look_id, g_source_remove);
  g_clear_handle_id (&self->age_id, g_source_remove);
  disconnect (self, gtk_widget_get_settings (GTK_WIDGET (self)));
  /* Children are disposed one by one, and late signals must not reach those that
   * are gone. */
  disconnect (self, self->roll);
  disconnect (self, self->subscription);
  disconnect (self, self->settings);
  if (self->style != NULL)
    gtk_style_context_remove_provider_for_display (gtk_widget_get_display (GTK_WIDGET (self)),
                                                   GTK_STYLE_PROVIDER (self->style));
  g_clear_object (&self->style);

  G_OBJECT_CLASS (cap_overlay_window_parent_class)->dispose (object);
}

static void
cap_overlay_window_finalize (GObject *object)
{
  CapOverlayWindow *self = CAP_OVERLAY_WINDOW (object);

  g_clear_object (&self->mover);
  g_clear_object (&self->place);
  g_clear_object (&self->roll);
  g_clear_object (&self->subscription);
  g_clear_object (&self->settings);
  g_ptr_array_unref (self->past);
  cap_announcer_free (self->announcer);

  G_OBJECT_CLASS (cap_overlay_window_parent_class)->finalize (object);
}

static void
cap_overlay_window_class_init (CapOverlayWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = cap_overlay_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = cap_overlay_window_finalize;
  widget_class->size_allocate = cap_overlay_window_size_allocate;
  widget_class->snapshot = cap_overlay_window_snapshot;
  widget_class->realize = cap_overlay_window_realize;
  widget_class->map = cap_overlay_window_map;
  widget_class->unmap = cap_overlay_window_unmap;
}

static void
cap_overlay_window_init (CapOverlayWindow *self)
{
  self->locked = TRUE;
  self->announcer = cap_announcer_new ();
  self->past = g_ptr_array_new_with_free_func ((GDestroyNotify) cap_segment_free);
  self->style = gtk_css_provider_new ();
  gtk_css_provider_load_from_data (self->style, style, -1);
  gtk_style_context_add_provider_for_display (gtk_widget_get_display (GTK_WIDGET (self)),
                                              GTK_STYLE_PROVIDER (self->style),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_widget_add_css_class (GTK_WIDGET (self), "captions");
}

/* clearing old lines */

static void schedule_age (CapOverlayWindow *self);

static void
on_age (gpointer user_data)
{
  CapOverlayWindow *self = user_data;

  self->age_id = 0;
  cap_roll_age (self->roll, g_get_monotonic_time ());
  schedule_age (self);
}

static void
schedule_age (CapOverlayWindow *self)
{
  gint64 deadline = cap_roll_get_deadline (self->roll);
  gint64 wait;

  if (deadline == G_MAXINT64)
    {
      g_clear_handle_id (&self->age_id, g_source_remove);
      return;
    }

  /* New words only move the deadline later, and the timer notices that when it
   * fires. */
  if (self->age_id != 0 && self->age_time <= deadline)
    return;

  g_clear_handle_id (&self->age_id, g_source_remove);
  wait = MAX (deadline - g_get_monotonic_time (), 0);
  self->age_id = g_timeout_add_once (wait / G_TIME_SPAN_MILLISECOND + 1, on_age, self);
  self->age_time = deadline;
}

/* subscription */

static gboolean
is_waiting_for_words (CapOverlayWindow *self)
{
  return cap_subscription_is_silent (self->subscription)
         && g_str_equal (cap_subscription_get_state (self->subscription)->state, "listening");
}

static void
update_levels (CapOverlayWindow *self)
{
  gboolean shown = gtk_widget_get_mapped (GTK_WIDGET (self));
  gboolean wanted = shown && (!self->locked || is_waiting_for_words (self));

  cap_subscription_set_levels (self->subscription, wanted);
  cap_status_bar_show_level (CAP_STATUS_BAR (self->status_bar), wanted);
}

static void
on_state (CapOverlayWindow *self)
{
  g_autoptr (CapStatus) status = cap_status_new (cap_subscription_get_state (self->subscription),
                                                 cap_subscription_is_silent (self->subscription));

  cap_status_bar_set_status (CAP_STATUS_BAR (self->status_bar), status);
  update_levels (self);
}

static guint
find_past (CapOverlayWindow *self, guint64 id)
{
  guint index = 0;

  while (index < self->past->len && ((CapSegment *) self->past->pdata[index])->id != id)
    index++;
  return index;
}

static void
keep_past (CapOverlayWindow *self, const CapSegment *segment)
{
  guint index = find_past (self, segment->id);

  if (index < self->past->len)
    g_ptr_array_remove_index (self->past, index);
  if (!segment->retracted)
    g_ptr_array_insert (self->past, index, cap_segment_copy (segment));
  if (self->past->len <= PAST_SEGMENTS)
    return;

  /* A partial result may continue, and so it is not passed over. */
  segment = self->past->pdata[0];
  if (segment->final)
    cap_roll_pass_over (self->roll, segment->id);
  g_ptr_array_remove_index (self->past, 0);
}

/* A joined stream may have hours of text, of which the window draws the end, once. */
static void
on_begun (CapOverlayWindow *self)
{
  g_ptr_array_set_size (self->past, 0);
  self->catching_up = TRUE;
  cap_announcer_clear (self->announcer);
  cap_roll_clear (self->roll);
  schedule_age (self);
}

static void
on_caught_up (CapOverlayWindow *self)
{
  self->catching_up = FALSE;
  cap_roll_add_past (self->roll, self->past, g_get_monotonic_time ());
  g_ptr_array_set_size (self->past, 0);
  schedule_age (self);
}

static void
announce (CapOverlayWindow *self, const CapSegment *segment)
{
  g_autofree char *text = cap_announcer_take (self->announcer, segment);

  if (text != NULL)
    cap_caption_view_announce (CAP_CAPTION_VIEW (self->view), text);
}

static void
on_segment (CapOverlayWindow *self, const CapSegment *segment)
{
  if (self->catching_up)
    {
      cap_announcer_pass_over (self->announcer, segment);
      keep_past (self, segment);
      return;
    }

  cap_roll_add (self->roll, segment, g_get_monotonic_time ());
  schedule_age (self);
  announce (self, segment);
}

static void
on_level (CapOverlayWindow *self, double level)
{
  cap_status_bar_set_level (CAP_STATUS_BAR (self->status_bar), level);
}

/* visible regions */

static void
add_bounds (CapOverlayWindow *self, cairo_region_t *region, GtkWidget *widget, double share)
{
  graphene_rect_t bounds;
  cairo_rectangle_int_t rectangle;

  if (!gtk_widget_get_mapped (widget) || !gtk_widget_compute_bounds (widget, GTK_WIDGET (self), &bounds))
    return;

  rectangle.x = bounds.origin.x;
  rectangle.y = bounds.origin.y + bounds.size.height * (1 - share);
  rectangle.width = bounds.size.width;
  rectangle.height = bounds.origin.y + bounds.size.height - rectangle.y;
  cairo_region_union_rectangle (region, &rectangle);
}

static void
update_drawn (CapOverlayWindow *self)
{
  CapPlacement *placement = cap_overlay_place_get_placement (self->place);
  guint lines = cap_roll_get_n_lines (self->roll);
  cairo_region_t *region;

  if (!self->locked)
    {
      cap_placement_set_drawn (placement, NULL);
      return;
    }

  region = cairo_region_create ();
  add_bounds (self, region, self->status_bar, 1);
  /* The first line gets half a line more, for the margin around all lines. */
  if (lines > 0 && self->lines > 0)
    add_bounds (self, region, self->view, MIN ((lines + 0.5) / self->lines, 1));
  cap_placement_set_drawn (placement, region);
  cairo_region_destroy (region);
}

/* look */

static void
update_look (CapOverlayWindow *self)
{
  g_autoptr (CapLook) look = cap_look_new (self->settings);

  self->lines = look->roll.lines;
  cap_roll_set_options (self->roll, &look->roll);
  cap_caption_view_set_look (CAP_CAPTION_VIEW (self->view), look);
  cap_status_bar_set_look (CAP_STATUS_BAR (self->status_bar), look);
  schedule_age (self);
}

static gboolean
on_look (gpointer user_data)
{
  CapOverlayWindow *self = user_data;

  self->look_id = 0;
  update_look (self);
  return G_SOURCE_REMOVE;
}

/* A preset sets several keys, and the looks in between should not be visible. */
static void
queue_look (CapOverlayWindow *self)
{
  if (self->look_id == 0)
    self->look_id = g_idle_add_full (G_PRIORITY_HIGH, on_look, self, NULL);
}

/* Follows the high contrast setting of the desktop. */
static void
watch_desktop (CapOverlayWindow *self)
{
  const char *const properties[] = { "gtk-theme-name", "gtk-interface-contrast" };
  GtkSettings *desktop = gtk_widget_get_settings (GTK_WIDGET (self));

  for (guint i = 0; i < G_N_ELEMENTS (properties); i++)
    {
      g_autofree char *signal = g_strconcat ("notify::", properties[i], NULL);

      /* GTK has the second property from 4.20 on. */
      if (g_object_class_find_property (G_OBJECT_GET_CLASS (desktop), properties[i]) != NULL)
        g_signal_connect_object (desktop, signal, G_CALLBACK (queue_look), self, G_CONNECT_SWAPPED);
    }
}

static void
update_strip (CapOverlayWindow *self)
{
  CapPosition position = g_settings_get_enum (self->settings, "position");

  cap_overlay_frame_set_strip_below (CAP_OVERLAY_FRAME (self->frame), position == CAP_POSITION_TOP);
}

/* locking */

static void
update_input_region (CapOverlayWindow *self)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (self));
  cairo_region_t *region = cairo_region_create ();

  if (!self->locked)
    add_bounds (self, region, self->frame, 1);
  if (surface != NULL)
    gdk_surface_set_input_region (surface, region);
  cairo_region_destroy (region);
}

static void
update_lock (CapOverlayWindow *self)
{
  self->locked = g_settings_get_boolean (self->settings, "locked");

  cap_overlay_frame_set_unlocked (CAP_OVERLAY_FRAME (self->frame), !self->locked);
  cap_status_bar_set_clickable (CAP_STATUS_BAR (self->status_bar), !self->locked);
  cap_overlay_mover_set_active (self->mover, !self->locked);
  cap_placement_set_interactive (cap_overlay_place_get_placement (self->place), !self->locked);
  update_input_region (self);
  update_drawn (self);
  update_levels (self);
}

static void
on_settings_changed (CapOverlayWindow *self, const char *key)
{
  if (g_str_equal (key, "locked"))
    update_lock (self);
  else if (g_str_equal (key, "position"))
    update_strip (self);
  else if (!cap_overlay_place_is_key (key))
    queue_look (self);
}

/* widget */

static void
cap_overlay_window_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GTK_WIDGET_CLASS (cap_overlay_window_parent_class)->size_allocate (widget, width, height, baseline);

  /* GTK has just set its own input region. */
  update_input_region (CAP_OVERLAY_WINDOW (widget));
  update_drawn (CAP_OVERLAY_WINDOW (widget));
}

/* When an X11 window grows, GTK redraws only the parts whose content has changed,
 * and empty parts show stale pixels. An invisible colour over the whole window
 * (alpha below one level) marks everything as changed. */
static void
cap_overlay_window_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  gtk_snapshot_append_color (snapshot, &(GdkRGBA) { .alpha = 0.001f },
                             &GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (widget),
                                                  gtk_widget_get_height (widget)));

  GTK_WIDGET_CLASS (cap_overlay_window_parent_class)->snapshot (widget, snapshot);
}

static void
cap_overlay_window_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (cap_overlay_window_parent_class)->map (widget);

  update_levels (CAP_OVERLAY_WINDOW (widget));
}

static void
cap_overlay_window_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (cap_overlay_window_parent_class)->unmap (widget);

  update_levels (CAP_OVERLAY_WINDOW (widget));
}

static void
cap_overlay_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (cap_overlay_window_parent_class)->realize (widget);

  update_input_region (CAP_OVERLAY_WINDOW (widget));
}

static void
disconnect (CapOverlayWindow *self, gpointer instance)
{
  if (instance != NULL)
    g_signal_handlers_disconnect_by_data (instance, self);
}

/* construction */

static void
add_content (CapOverlayWindow *self)
{
  self->roll = cap_roll_new ();
  self->view = cap_caption_view_new (self->roll);
  self->status_bar = cap_status_bar_new ();
  self->frame = cap_overlay_frame_new (self->view, self->status_bar, cap_overlay_controls_new ());
  gtk_window_set_child (GTK_WINDOW (self), self->frame);

  self->place = cap_overlay_place_new (GTK_WINDOW (self), self->settings);
  self->mover = cap_overlay_mover_new (GTK_WINDOW (self), self->frame, self->place);
}

static void
give_advice (CapOverlayWindow *self)
{
  const char *advice = cap_placement_get_advice (cap_overlay_place_get_placement (self->place));

  if (advice != NULL)
    cap_overlay_frame_set_advice (CAP_OVERLAY_FRAME (self->frame), advice);
}

static void
measure (CapOverlayWindow *self)
{
  int height;

  gtk_widget_measure (self->frame, GTK_ORIENTATION_VERTICAL, -1, NULL, &height, NULL, NULL);
  cap_overlay_place_set_height (self->place, height);
}

static void
activate (CapOverlayWindow *self, const char *action)
{
  gtk_widget_activate_action (GTK_WIDGET (self), action, NULL);
}

static void
on_retry (CapOverlayWindow *self)
{
  activate (self, "app.retry");
}

static void
on_settings (CapOverlayWindow *self)
{
  activate (self, "app.settings");
}

static void
connect (CapOverlayWindow *self)
{
  const struct
  {
    gpointer instance;
    const char *signal;
    GCallback callback;
  } signals[] = {
    { self->subscription, "begun", G_CALLBACK (on_begun) },
    { self->subscription, "segment", G_CALLBACK (on_segment) },
    { self->subscription, "caught-up", G_CALLBACK (on_caught_up) },
    { self->subscription, "state", G_CALLBACK (on_state) },
    { self->subscription, "level", G_CALLBACK (on_level) },
    { self->roll, "changed", G_CALLBACK (update_drawn) },
    { self->settings, "changed", G_CALLBACK (on_settings_changed) },
    { self->status_bar, "retry", G_CALLBACK (on_retry) },
    { self->status_bar, "settings", G_CALLBACK (on_settings) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_object (signals[i].instance, signals[i].signal, signals[i].callback, self,
                             G_CONNECT_SWAPPED);

  g_signal_connect_object (self->frame, "resized", G_CALLBACK (cap_overlay_place_set_height), self->place,
                           G_CONNECT_SWAPPED);
}

/* public */

CapOverlayWindow *
cap_overlay_window_new (GtkApplication *application, CapSubscription *subscription, GSettings *settings)
{
  CapOverlayWindow *self;

  g_return_val_if_fail (CAP_IS_SUBSCRIPTION (subscription), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (CAP_TYPE_OVERLAY_WINDOW,
                       "application", application,
                       "title", _("Captions"),
                       "show-menubar", FALSE,
                       NULL);
  self->subscription = g_object_ref (subscription);
  self->settings = g_object_ref (settings);
  add_content (self);
  connect (self);
  watch_desktop (self);

  update_look (self);
  update_strip (self);
  update_lock (self);
  on_state (self);
  give_advice (self);
  measure (self);

  return self;
}

void
cap_overlay_window_take_focus (CapOverlayWindow *self)
{
  g_return_if_fail (CAP_IS_OVERLAY_WINDOW (self));

  if (!self->locked)
    cap_placement_take_focus (cap_overlay_place_get_placement (self->place));
}
