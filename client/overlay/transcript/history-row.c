/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/transcript/history-row.h"
#include "overlay/transcript/export.h"

#include <glib/gi18n.h>

#define SPACE 12
#define MARGIN 6
#define LINE_SPACE 2

/* Minimal width of the texts in pixels: the width of a word in large print. */
#define NARROWEST 160

/* The background of matches. Black on yellow is visible on light, dark and selected
 * rows. */
#define MARK 0xF9F9, 0xF0F0, 0x6B6B

/* Limit of marked matches in each text: a single letter occurs in most words, and
 * Pango lays out each colour separately. */
#define MOST_MARKS 100

/* Opacity of secondary text. Themes dim labels so much that they are hard to read
 * on a selected row. */
#define DIM 0.75

struct _CapHistoryRow
{
  GtkWidget parent_instance;

  CapHistoryEntry *entry;
  PangoLayout *time;
  PangoLayout *words;
};

G_DEFINE_FINAL_TYPE (CapHistoryRow, cap_history_row, GTK_TYPE_WIDGET)

static GtkSizeRequestMode cap_history_row_get_request_mode (GtkWidget *widget);
static void cap_history_row_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                                     int *minimum, int *natural, int *minimum_baseline,
                                     int *natural_baseline);
static void cap_history_row_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);
static gboolean cap_history_row_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard,
                                               GtkTooltip *tooltip);

/* lifecycle */

static void
cap_history_row_finalize (GObject *object)
{
  CapHistoryRow *self = CAP_HISTORY_ROW (object);

  g_clear_object (&self->entry);
  g_object_unref (self->time);
  g_object_unref (self->words);

  G_OBJECT_CLASS (cap_history_row_parent_class)->finalize (object);
}

static void
cap_history_row_class_init (CapHistoryRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = cap_history_row_finalize;
  widget_class->get_request_mode = cap_history_row_get_request_mode;
  widget_class->measure = cap_history_row_measure;
  widget_class->snapshot = cap_history_row_snapshot;
  widget_class->query_tooltip = cap_history_row_query_tooltip;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
cap_history_row_init (CapHistoryRow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  g_autoptr (PangoAttrList) digits = pango_attr_list_new ();

  self->time = gtk_widget_create_pango_layout (widget, NULL);
  self->words = gtk_widget_create_pango_layout (widget, NULL);

  /* Digits of equal width keep the texts aligned. */
  pango_attr_list_insert (digits, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (self->time, digits);
  pango_layout_set_wrap (self->words, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_spacing (self->words, LINE_SPACE * PANGO_SCALE);

  gtk_widget_set_has_tooltip (widget, TRUE);
  gtk_widget_set_hexpand (widget, TRUE);
  gtk_widget_set_margin_top (widget, MARGIN);
  gtk_widget_set_margin_bottom (widget, MARGIN);
  gtk_widget_set_margin_start (widget, MARGIN);
  gtk_widget_set_margin_end (widget, MARGIN);
}

/* text */

static void
add_attribute (PangoAttrList *attributes, PangoAttribute *attribute, gsize begin, gsize end)
{
  attribute->start_index = begin;
  attribute->end_index = end;
  pango_attr_list_insert (attributes, attribute);
}

static void
mark (PangoAttrList *attributes, const char *text, gsize place, CapHistorySearch *search)
{
  g_autoptr (GArray) matches = cap_history_search_find (search, text, MOST_MARKS);

  for (guint i = 0; i < matches->len; i++)
    {
      const CapHistoryMatch *match = &g_array_index (matches, CapHistoryMatch, i);
      gsize begin = place + match->begin;
      gsize end = place + match->end;

      add_attribute (attributes, pango_attr_background_new (MARK), begin, end);
      add_attribute (attributes, pango_attr_foreground_new (0, 0, 0), begin, end);
    }
}

/* Returns the offset where the text begins. */
static gsize
add_paragraph (GString *words, const char *text)
{
  if (*text != '\0' && words->len > 0)
    g_string_append_c (words, '\n');
  g_string_append (words, text);
  return words->len - strlen (text);
}

static void
show_words (CapHistoryRow *self, CapHistorySearch *search)
{
  const char *text = cap_history_entry_get_segment (self->entry)->text;
  const char *speaker = cap_history_entry_get_speaker (self->entry);
  const char *translation = cap_history_entry_get_translation (self->entry);
  double gap = cap_history_entry_get_gap (self->entry);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  g_autoptr (GString) words = g_string_new (NULL);
  gsize place;

  if (gap > 0)
    g_string_append_printf (words, _("[%.1f s of speech were lost here]"), gap);
  add_attribute (attributes, pango_attr_foreground_alpha_new (DIM * G_MAXUINT16), 0, words->len);

  place = add_paragraph (words, speaker);
  add_attribute (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD), place, words->len);
  mark (attributes, speaker, place, search);

  place = add_paragraph (words, text);
  mark (attributes, text, place, search);

  place = add_paragraph (words, translation);
  add_attribute (attributes, pango_attr_foreground_alpha_new (DIM * G_MAXUINT16), place, words->len);
  mark (attributes, translation, place, search);

  pango_layout_set_text (self->words, words->str, words->len);
  pango_layout_set_attributes (self->words, attributes);
}

static void
show_time (CapHistoryRow *self)
{
  g_autoptr (GDateTime) time = cap_history_entry_get_time (self->entry);
  g_autofree char *clock = g_date_time_format (time, "%H:%M:%S");

  pango_layout_set_text (self->time, clock, -1);
}

static int
get_time_width (CapHistoryRow *self)
{
  int width;

  pango_layout_get_pixel_size (self->time, &width, NULL);
  return width;
}

static int
set_words_width (CapHistoryRow *self, int width)
{
  int words = MAX (width - get_time_width (self) - SPACE, NARROWEST);

  pango_layout_set_width (self->words, words * PANGO_SCALE);
  return words;
}

/* widget */

static GtkSizeRequestMode
cap_history_row_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
cap_history_row_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  CapHistoryRow *self = CAP_HISTORY_ROW (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = *natural = get_time_width (self) + SPACE + NARROWEST;
      return;
    }

  set_words_width (self, for_size);
  pango_layout_get_pixel_size (self->words, NULL, minimum);
  *natural = *minimum;
}

static void
draw (GtkSnapshot *snapshot, PangoLayout *layout, int x, const GdkRGBA *color)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, 0));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
cap_history_row_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  CapHistoryRow *self = CAP_HISTORY_ROW (widget);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int width = gtk_widget_get_width (widget);
  int time = get_time_width (self);
  GdkRGBA color, dim;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  dim = color;
  dim.alpha *= DIM;

  set_words_width (self, width);
  draw (snapshot, self->time, mirrored ? width - time : 0, &dim);
  draw (snapshot, self->words, mirrored ? 0 : time + SPACE, &color);
}

/* The date is in a tooltip, because it is not worth space in each row. */
static gboolean
cap_history_row_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  CapHistoryRow *self = CAP_HISTORY_ROW (widget);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int place = mirrored ? gtk_widget_get_width (widget) - x : x;
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *day = NULL;

  if (self->entry == NULL || (!keyboard && place > get_time_width (self)))
    return FALSE;

  time = cap_history_entry_get_time (self->entry);
  day = g_date_time_format (time, _("%A, %-d %B %Y"));
  gtk_tooltip_set_text (tooltip, day);
  return TRUE;
}

/* public */

GtkWidget *
cap_history_row_new (void)
{
  return g_object_new (CAP_TYPE_HISTORY_ROW, NULL);
}

CapHistoryEntry *
cap_history_row_get_entry (CapHistoryRow *self)
{
  g_return_val_if_fail (CAP_IS_HISTORY_ROW (self), NULL);

  return self->entry;
}

void
cap_history_row_show (CapHistoryRow *self, CapHistoryEntry *entry, CapHistorySearch *search)
{
  g_return_if_fail (CAP_IS_HISTORY_ROW (self));

  if (g_set_object (&self->entry, entry))
    {
      g_autofree char *name = cap_export_text_compose_entry (entry);

      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
      show_time (self);
      gtk_widget_queue_resize (GTK_WIDGET (self));
    }

  show_words (self, search);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
