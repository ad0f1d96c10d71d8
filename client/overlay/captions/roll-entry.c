/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/captions/roll-entry.h"
#include "common/text.h"
#include "overlay/text/direction.h"

#include <glib/gi18n.h>
#include <math.h>

/* A speaker who continues after a longer pause begins a new line. */
#define PAUSE_US (1500 * G_TIME_SPAN_MILLISECOND)
/* The service limits a text to 8 KiB. */
#define LONGEST_TEXT (16 * 1024)
#define LONGEST_NAME 48 /* characters */
#define MOST_SECONDS 86400

CapRollEntry *
cap_roll_entry_new (guint64 id)
{
  CapRollEntry *self = g_new0 (CapRollEntry, 1);

  self->id = id;
  self->text = g_strdup ("");
  self->translation = g_strdup ("");
  self->flow = cap_flow_new ();
  self->below = cap_flow_new ();
  return self;
}

void
cap_roll_entry_free (CapRollEntry *self)
{
  g_free (self->text);
  g_free (self->translation);
  g_free (self->speaker);
  cap_flow_free (self->flow);
  cap_flow_free (self->below);
  g_free (self);
}

/* content */

static char *
clean (const char *text)
{
  gsize length = strlen (text);

  /* A text that is too long keeps its end, which is the newest part. The cut moves in
   * steps, so that the text does not begin with another word after each update. */
  if (length > LONGEST_TEXT)
    text += (length - LONGEST_TEXT / 2) / (LONGEST_TEXT / 2) * (LONGEST_TEXT / 2);
  while (length > LONGEST_TEXT && (*text & 0xC0) == 0x80)
    text++;

  return cap_text_clean (text);
}

static char *
describe_gap (GVariant *details)
{
  double gap = 0;

  g_variant_lookup (details, "gap", "d", &gap);
  if (!(gap > 0) || !isfinite (gap))
    return g_strdup ("");

  /* Translators: shown among captions where so many seconds of speech were lost. */
  return g_strdup_printf (_("[%.0f s missing]"), CLAMP (gap, 1, MOST_SECONDS));
}

static char *
read_translation (const CapSegment *segment)
{
  const char *translation = "";

  g_variant_lookup (segment->details, "translation", "&s", &translation);
  return clean (translation);
}

static char *
read_speaker (const CapSegment *segment)
{
  const char *speaker = "";
  g_autofree char *name = NULL;

  /* "system" and "microphone" only repeat the name of the source. */
  g_variant_lookup (segment->details, "speaker", "&s", &speaker);
  if (g_str_equal (speaker, "system") || g_str_equal (speaker, "microphone"))
    return NULL;

  name = cap_text_clean (speaker);
  if (*name == '\0')
    return NULL;

  return g_utf8_substring (name, 0, MIN (g_utf8_strlen (name, -1), LONGEST_NAME));
}

static gboolean
replace (char **place, char *taken)
{
  g_autofree char *old = *place;

  *place = taken;
  return g_strcmp0 (old, taken) != 0;
}

static gboolean
take_back (CapRollEntry *self)
{
  gboolean changed = replace (&self->text, g_strdup (""));

  changed |= replace (&self->translation, g_strdup (""));
  changed |= self->final;
  self->final = FALSE;
  return changed;
}

char *
cap_roll_entry_read_text (const CapSegment *segment)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (segment != NULL, NULL);

  text = clean (segment->text);
  if (*text == '\0' && segment->final)
    return describe_gap (segment->details);

  return g_steal_pointer (&text);
}

gboolean
cap_roll_entry_update (CapRollEntry *self, const CapSegment *segment)
{
  gboolean changed;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (segment != NULL, FALSE);

  if (segment->serial <= self->serial)
    return FALSE;

  self->serial = segment->serial;
  if (segment->retracted)
    return take_back (self);

  changed = replace (&self->translation, read_translation (segment));
  if (self->final)
    return changed;

  changed |= replace (&self->speaker, read_speaker (segment));
  changed |= replace (&self->text, cap_roll_entry_read_text (segment));
  changed |= self->final != segment->final || self->start != segment->start;
  self->final = segment->final;
  self->start = segment->start;
  self->end = segment->end;
  return changed;
}

/* presentation */

static void
set_flow (CapFlow *flow, const char *text, const CapRollOptions *options)
{
  g_autofree char *capitals = options->upper_case ? g_utf8_strup (text, -1) : NULL;

  cap_flow_set_text (flow, capitals != NULL ? capitals : text);
}

void
cap_roll_entry_compose (CapRollEntry *self, const CapRollOptions *options)
{
  gboolean hidden;
  gboolean instead;
  gboolean below;
  const char *text;
  g_autofree char *named = NULL;

  g_return_if_fail (self != NULL);
  g_return_if_fail (options != NULL);

  hidden = *self->text == '\0'
           || (!self->final && options->partials == CAP_ROLL_PARTIALS_HIDE);
  instead = options->translation == CAP_ROLL_TRANSLATION_INSTEAD
            && *self->translation != '\0';
  below = options->translation == CAP_ROLL_TRANSLATION_BELOW;
  text = hidden ? "" : instead ? self->translation : self->text;
  if (self->named && self->speaker != NULL && !hidden)
    text = named = g_strdup_printf ("%s: %s", self->speaker, text);

  /* The breaks belong to the text in the other language. */
  if (instead != self->instead)
    cap_flow_forget_breaks (self->flow);
  self->instead = instead;

  set_flow (self->flow, text, options);
  set_flow (self->below, below && !hidden ? self->translation : "", options);
}

gboolean
cap_roll_entry_is_shown (const CapRollEntry *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return *self->flow->text != '\0';
}

gboolean
cap_roll_entry_is_unfinished (const CapRollEntry *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return !self->final && *self->text != '\0';
}

gboolean
cap_roll_entry_is_right_to_left (const CapRollEntry *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  /* The name of the speaker may be in another script than the text. */
  return cap_direction_is_right_to_left (self->instead ? self->translation : self->text);
}

gboolean
cap_roll_entry_follows (const CapRollEntry *self, const CapRollEntry *before)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (before != NULL, FALSE);

  if (!before->final || g_strcmp0 (before->speaker, self->speaker) != 0)
    return FALSE;
  if (cap_roll_entry_is_right_to_left (before) != cap_roll_entry_is_right_to_left (self))
    return FALSE;

  return self->start <= before->end
         || (guint64) self->start - (guint64) before->end <= PAUSE_US;
}

int
cap_roll_entry_compare (const CapRollEntry *a, const CapRollEntry *b)
{
  g_return_val_if_fail (a != NULL, 0);
  g_return_val_if_fail (b != NULL, 0);

  if (a->start != b->start)
    return a->start < b->start ? -1 : 1;

  return a->id < b->id ? -1 : a->id > b->id;
}
