/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/window/status-bar.h"
#include "overlay/captions/color.h"
#include "overlay/window/level-meter.h"
#include "overlay/window/status-text.h"

#include <glib/gi18n.h>

/* Smaller than the captions, but not too small for users who need large text. In
 * points, which follow the text scaling of the desktop. */
#define FONT_SHARE 0.6
#define SMALLEST_FONT 11
#define LARGEST_FONT 20

/* The status has no outline, and so needs a background. */
#define LEAST_OPACITY 0.85

/* A sentence of more characters gets the whole width. */
#define LONG 48
#define MOST_LINES 4

#define SPACING 10

struct _CapStatusBar
{
  GtkWidget parent_instance;

  GtkCssProvider *css;
  char *css_class; /* unique, because CSS providers apply to all windows */
  GdkDisplay *display;

  GtkWidget *words; /* icon and sentence */
  GtkWidget *icon;
  GtkWidget *sentence;
  GtkWidget *rest; /* host, level and buttons, beside or below @words */
  GtkWidget *host; /* host that speech is sent to */
  GtkWidget *meter;
  GtkWidget *retry;
  GtkWidget *settings;

  gboolean can_retry, to_settings, clickable; /* as set by the caller */
};

enum
{
  SIGNAL_RETRY,
  SIGNAL_SETTINGS,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapStatusBar, cap_status_bar, GTK_TYPE_WIDGET)

static void add_words (CapStatusBar *self);
static void add_rest (CapStatusBar *self);

/* lifecycle */

static void
cap_status_bar_dispose (GObject *object)
{
  CapStatusBar *self = CAP_STATUS_BAR (object);
  GtkWidget *child;

  if (self->display != NULL)
    gtk_style_context_remove_provider_for_display (self->display, GTK_STYLE_PROVIDER (self->css));
  g_clear_object (&self->display);
  g_clear_object (&self->css);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (cap_status_bar_parent_class)->dispose (object);
}

static void
cap_status_bar_finalize (GObject *object)
{
  CapStatusBar *self = CAP_STATUS_BAR (object);

  g_free (self->css_class);

  G_OBJECT_CLASS (cap_status_bar_parent_class)->finalize (object);
}

static void
cap_status_bar_class_init (CapStatusBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = cap_status_bar_dispose;
  object_class->finalize = cap_status_bar_finalize;

  signals[SIGNAL_RETRY] = g_signal_new ("retry", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SETTINGS] = g_signal_new ("settings", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                           NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "captionstatus");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_STATUS);
}

static void
cap_status_bar_init (CapStatusBar *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->css = gtk_css_provider_new ();
  self->css_class = g_strdup_printf ("status-%p", (void *) self);
  gtk_widget_add_css_class (widget, self->css_class);
  self->display = g_object_ref (gtk_widget_get_display (widget));
  gtk_style_context_add_provider_for_display (self->display, GTK_STYLE_PROVIDER (self->css),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);

  add_words (self);
  add_rest (self);
  gtk_widget_set_halign (widget, GTK_ALIGN_START);
  gtk_widget_set_visible (widget, FALSE);
}

/* private */

static gboolean
has_visible_child (GtkWidget *box)
{
  GtkWidget *child = gtk_widget_get_first_child (box);

  while (child != NULL && !gtk_widget_get_visible (child))
    child = gtk_widget_get_next_sibling (child);
  return child != NULL;
}

static void
update_visibility (CapStatusBar *self)
{
  gtk_widget_set_visible (self->retry, self->clickable && self->can_retry);
  gtk_widget_set_visible (self->settings, self->clickable && self->to_settings);
  gtk_widget_set_visible (self->rest, has_visible_child (self->rest));
  gtk_widget_set_visible (GTK_WIDGET (self), has_visible_child (GTK_WIDGET (self)));
}

static void
set_sentence (CapStatusBar *self, const CapStatus *status)
{
  CapStatusText *sentence = CAP_STATUS_TEXT (self->sentence);
  gboolean shown = *status->sentence != '\0';
  g_autofree char *before = g_strdup (cap_status_text_get_text (sentence));

  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), status->icon);
  gtk_widget_set_visible (gtk_widget_get_parent (self->icon), status->icon != NULL);
  gtk_widget_set_visible (self->words, shown);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                                  g_utf8_strlen (status->sentence, -1) > LONG ? GTK_ORIENTATION_VERTICAL
                                                                              : GTK_ORIENTATION_HORIZONTAL);

  cap_status_text_set_text (sentence, status->sentence);
  if (g_str_equal (cap_status_text_get_text (sentence), before))
    return;

  /* The tooltip has all of it if the label is cut off. */
  gtk_widget_set_tooltip_text (self->sentence, shown ? cap_status_text_get_text (sentence) : NULL);
#if GTK_CHECK_VERSION (4, 14, 0)
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS /* newer than GDK_VERSION_MAX_ALLOWED */
  if (shown)
    gtk_accessible_announce (GTK_ACCESSIBLE (self), cap_status_text_get_text (sentence),
                             status->kind == CAP_STATUS_FAILED ? GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH
                                                               : GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_LOW);
  G_GNUC_END_IGNORE_DEPRECATIONS
#endif
}

static void
set_remote_host (CapStatusBar *self, const char *host)
{
  g_autofree char *text = g_strdup_printf (_("→ %s"), host);
  g_autofree char *explained = g_strdup_printf (_("Speech is sent to %s"), host);

  cap_status_text_set_text (CAP_STATUS_TEXT (self->host), text);
  gtk_widget_set_tooltip_text (self->host, explained);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->host), GTK_ACCESSIBLE_PROPERTY_LABEL, explained, -1);
  gtk_widget_set_visible (self->host, *host != '\0');
}

/* CSS numbers have a decimal point in every locale. */
static char *
compose_css (CapStatusBar *self, const CapLook *look)
{
  GdkRGBA ground = look->background, text = look->text.final;
  double points = pango_font_description_get_size (look->font) / (double) PANGO_SCALE * FONT_SHARE;
  char size[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *background = NULL, *color = NULL, *inverse = NULL;
  GdkRGBA opaque = ground;

  opaque.alpha = 1;
  ground.alpha = MAX (ground.alpha, LEAST_OPACITY);
  text = cap_color_raise (&text, &opaque, 1, CAP_COLOR_READABLE);
  background = gdk_rgba_to_string (&ground);
  color = gdk_rgba_to_string (&text);
  inverse = gdk_rgba_to_string (&opaque);
  g_ascii_formatd (size, sizeof size, "%.1f", CLAMP (points, SMALLEST_FONT, LARGEST_FONT));

  return g_strdup_printf (
      ".%1$s { background: %2$s; color: %3$s; font-size: %4$spt; font-weight: 600;"
      " border-radius: 6px; padding: 4px 10px; border-spacing: 10px 6px; }"
      ".%1$s image { -gtk-icon-size: 1.2em; color: %3$s; }"
      ".%1$s statustext, .%1$s levelmeter { color: %3$s; }"
      ".%1$s button { background: none; color: %3$s; border: 1px solid %3$s; box-shadow: none;"
      " text-shadow: none; padding: 0 8px; min-height: 0; }"
      ".%1$s button:hover, .%1$s button:active { background: %3$s; }"
      ".%1$s button:hover label, .%1$s button:active label { color: %5$s; }"
      ".%1$s button:focus-visible { outline: 2px solid %3$s; outline-offset: 2px; }",
      self->css_class, background, color, size, inverse);
}

static void
measure_icon (GtkWidget *holder,
              GtkOrientation orientation,
              int for_size,
              int *minimum,
              int *natural,
              int *minimum_baseline,
              int *natural_baseline)
{
  gtk_widget_measure (gtk_widget_get_first_child (holder), orientation, for_size, minimum, natural,
                      NULL, NULL);
}

static void
allocate_icon (GtkWidget *holder, int width, int height, int baseline)
{
  gtk_widget_allocate (gtk_widget_get_first_child (holder), width, height, -1, NULL);
}

/* Holds an icon, whose baseline GtkBox of GTK 4.18 would use to move it out of the
 * box, with a warning. */
static GtkWidget *
hold_icon (GtkWidget *icon)
{
  GtkWidget *holder = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_set_layout_manager (holder, gtk_custom_layout_new (NULL, measure_icon, allocate_icon));
  gtk_widget_set_parent (icon, holder);
  return holder;
}

static void
add_words (CapStatusBar *self)
{
  self->words = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, SPACING);
  gtk_widget_set_parent (self->words, GTK_WIDGET (self));
  gtk_widget_set_visible (self->words, FALSE);

  self->icon = gtk_image_new ();
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->icon), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  gtk_box_append (GTK_BOX (self->words), hold_icon (self->icon));

  self->sentence = cap_status_text_new (MOST_LINES, PANGO_ELLIPSIZE_END, 80);
  gtk_box_append (GTK_BOX (self->words), self->sentence);
}

static GtkWidget *
add_button (CapStatusBar *self, const char *label, GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self->rest), button);
  gtk_widget_set_visible (button, FALSE);
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  return button;
}

/* callbacks */

static void
on_retry (CapStatusBar *self)
{
  g_signal_emit (self, signals[SIGNAL_RETRY], 0);
}

static void
on_settings (CapStatusBar *self)
{
  g_signal_emit (self, signals[SIGNAL_SETTINGS], 0);
}

static void
add_rest (CapStatusBar *self)
{
  self->rest = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, SPACING);
  gtk_widget_set_parent (self->rest, GTK_WIDGET (self));

  /* The arrow is a character, because icon themes draw such icons very differently
   * or not at all. The middle of a long name is cut off, because its end tells who
   * owns the host. */
  self->host = cap_status_text_new (1, PANGO_ELLIPSIZE_MIDDLE, 40);
  gtk_widget_set_visible (self->host, FALSE);
  gtk_box_append (GTK_BOX (self->rest), self->host);

  self->meter = cap_level_meter_new ();
  gtk_widget_set_visible (self->meter, FALSE);
  gtk_box_append (GTK_BOX (self->rest), self->meter);

  self->retry = add_button (self, _("_Try Again"), G_CALLBACK (on_retry));
  self->settings = add_button (self, _("_Settings"), G_CALLBACK (on_settings));
}

/* public */

GtkWidget *
cap_status_bar_new (void)
{
  return g_object_new (CAP_TYPE_STATUS_BAR, NULL);
}

void
cap_status_bar_set_look (CapStatusBar *self, const CapLook *look)
{
  g_autofree char *css = NULL;

  g_return_if_fail (CAP_IS_STATUS_BAR (self));
  g_return_if_fail (look != NULL);

  css = compose_css (self, look);
  gtk_css_provider_load_from_data (self->css, css, -1);
}

void
cap_status_bar_set_status (CapStatusBar *self, const CapStatus *status)
{
  g_return_if_fail (CAP_IS_STATUS_BAR (self));
  g_return_if_fail (status != NULL);

  set_sentence (self, status);
  set_remote_host (self, status->remote_host);
  self->can_retry = status->can_retry;
  self->to_settings = status->to_settings;
  update_visibility (self);
}

void
cap_status_bar_show_level (CapStatusBar *self, gboolean shown)
{
  g_return_if_fail (CAP_IS_STATUS_BAR (self));

  gtk_widget_set_visible (self->meter, shown);
  update_visibility (self);
}

void
cap_status_bar_set_level (CapStatusBar *self, double level)
{
  g_return_if_fail (CAP_IS_STATUS_BAR (self));

  cap_level_meter_set_level (CAP_LEVEL_METER (self->meter), level);
}

void
cap_status_bar_set_clickable (CapStatusBar *self, gboolean clickable)
{
  g_return_if_fail (CAP_IS_STATUS_BAR (self));

  self->clickable = clickable;
  update_visibility (self);
}
