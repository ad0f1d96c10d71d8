/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "local/local-diagnosis.h"
#include "base/audio.h"
#include "base/spoken-second.h"
#include "dbus/error.h"
#include "local/process.h"
#include "local/resampler.h"
#include "local/speed.h"

#include <string.h>

/* Less than the five seconds that the contract allows without a reply. */
#define ROUND_SECONDS 4
/* Before the first round, the recogniser gets its files and its code into memory, and says
 * how much processor time that took. */
#define WARM_UP_SECONDS 1

/* struct */

struct _CapLocalDiagnosis
{
  GObject parent_instance;

  GPtrArray *candidates;
  CapCandidate *candidate; /* the first one */
  char *better;
  guint threads;

  CapProcess *process;
  guint rate;
  gboolean as_float;
  guint64 position;   /* of the next sound */
  gboolean is_warm;
  CapSpeed speed;
  gint64 round_since; /* monotonic, µs */
  double processor_before, processor; /* seconds, before this round and so far; negative if unknown */
  const char *step;   /* the one that goes on */
  gint64 step_since;  /* monotonic, µs */
  CapHold *hold;      /* on the model, or NULL */
  gboolean done;
};

/* signals */

enum
{
  SIGNAL_ROW,
  SIGNAL_DONE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void release (CapLocalDiagnosis *self);

G_DEFINE_FINAL_TYPE (CapLocalDiagnosis, cap_local_diagnosis, G_TYPE_OBJECT)

/* lifecycle */

static void
cap_local_diagnosis_dispose (GObject *object)
{
  CapLocalDiagnosis *self = CAP_LOCAL_DIAGNOSIS (object);

  self->done = TRUE;
  release (self);

  G_OBJECT_CLASS (cap_local_diagnosis_parent_class)->dispose (object);
}

static void
cap_local_diagnosis_finalize (GObject *object)
{
  CapLocalDiagnosis *self = CAP_LOCAL_DIAGNOSIS (object);

  g_ptr_array_unref (self->candidates);
  g_free (self->better);

  G_OBJECT_CLASS (cap_local_diagnosis_parent_class)->finalize (object);
}

static void
cap_local_diagnosis_init (CapLocalDiagnosis *self)
{
}

static void
cap_local_diagnosis_class_init (CapLocalDiagnosisClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_local_diagnosis_dispose;
  G_OBJECT_CLASS (klass)->finalize = cap_local_diagnosis_finalize;

  signals[SIGNAL_ROW] = g_signal_new ("row", CAP_TYPE_LOCAL_DIAGNOSIS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 1, G_TYPE_VARIANT);
  signals[SIGNAL_DONE] = g_signal_new ("done", CAP_TYPE_LOCAL_DIAGNOSIS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_VARIANT);
}

/* private */

static void
begin_step (CapLocalDiagnosis *self, const char *step)
{
  self->step = step;
  self->step_since = g_get_monotonic_time ();
}

static double
get_seconds (CapLocalDiagnosis *self)
{
  return (double) (g_get_monotonic_time () - self->step_since) / G_USEC_PER_SEC;
}

/* Reports the step that goes on.
 * @error: its cause if the step failed, or NULL. */
static void
emit_row (CapLocalDiagnosis *self, gboolean works, const GError *error, const char *message)
{
  g_autoptr (GVariant) sunk = NULL;
  GVariantDict row;

  g_variant_dict_init (&row, NULL);
  g_variant_dict_insert (&row, "step", "s", self->step);
  g_variant_dict_insert (&row, "works", "b", works);
  g_variant_dict_insert (&row, "seconds", "d", get_seconds (self));
  if (*cap_error_get_name (error) != '\0')
    g_variant_dict_insert (&row, "error", "s", cap_error_get_name (error));
  g_variant_dict_insert (&row, "message", "s", message);
  sunk = g_variant_ref_sink (g_variant_dict_end (&row));
  g_signal_emit (self, signals[SIGNAL_ROW], 0, sunk);
}

/* Ends the process, and lets others change the model. */
static void
release (CapLocalDiagnosis *self)
{
  if (self->process != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->process, self);
      cap_process_stop (self->process);
      g_clear_object (&self->process);
    }
  g_clear_pointer (&self->hold, cap_hold_free);
}

static void
finish (CapLocalDiagnosis *self, const char *verdict, const char *message)
{
  g_autoptr (CapLocalDiagnosis) kept = g_object_ref (self);
  g_autoptr (GVariant) details = NULL;
  GVariantDict dict;

  if (self->done)
    return;

  self->done = TRUE;
  release (self);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "message", "s", message);
  details = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_signal_emit (self, signals[SIGNAL_DONE], 0, verdict, details);
}

static void
fail (CapLocalDiagnosis *self, const GError *error)
{
  emit_row (self, FALSE, error, error->message);
  finish (self, "fails", error->message);
}

/* the sound */

/* Says the same words again and again, because a hum or silence would not keep the
 * recogniser as busy as speech does. No piece is longer than the second that the contract
 * allows. */
static void
send_sound (CapLocalDiagnosis *self, guint seconds)
{
  g_autoptr (CapResampler) resampler = cap_resampler_new (self->rate, self->as_float);
  g_autoptr (GBytes) speech = cap_spoken_second_load ();
  gsize size, frame = cap_resampler_get_frame_size (resampler), piece = CAP_AUDIO_RATE / 2;
  const gint16 *samples = g_bytes_get_data (speech, &size);

  cap_process_begin (self->process, self->position);
  for (gsize sent = 0; sent < seconds * CAP_AUDIO_RATE; sent += piece)
    {
      GByteArray *chunk = g_byte_array_new ();
      gsize from = MIN (sent % CAP_AUDIO_RATE, size / sizeof *samples - piece);
      guint64 begin = self->position;

      cap_resampler_push (resampler, samples + from, piece, chunk);
      self->position += chunk->len / frame;
      cap_process_audio (self->process, begin, chunk, 0);
    }
  cap_process_end (self->process, self->position, FALSE, 0);
}

static void
begin_round (CapLocalDiagnosis *self, guint seconds)
{
  self->round_since = g_get_monotonic_time ();
  self->processor_before = self->processor;
  self->processor = -1;
  send_sound (self, seconds);
}

/* the steps */

static void
suggest_better (CapLocalDiagnosis *self)
{
  g_autofree char *message = NULL;

  if (self->better == NULL)
    return;

  begin_step (self, "better");
  message = g_strdup_printf ("A better model exists for this language. Install it with: "
                             "captionctl model install %s", self->better);
  emit_row (self, TRUE, NULL, message);
}

static void
judge_speed (CapLocalDiagnosis *self)
{
  double share = cap_speed_get_share (&self->speed);
  g_autofree char *fact = cap_speed_describe (&self->speed);
  g_autofree char *advice = NULL;

  if (share <= CAP_SPEED_TIGHT)
    {
      emit_row (self, TRUE, NULL, fact);
      suggest_better (self);
      finish (self, "works", fact);
      return;
    }

  advice = g_strdup_printf ("%s %s Close programs that keep the processor busy, raise the setting "
                            "recogniser-processors (now %u), or install a smaller model: captionctl model list",
                            fact, share > 1 ? "Captions lag behind the speech, more and more."
                                            : "Captions lag behind the speech whenever other programs are busy.",
                            self->threads);
  emit_row (self, share <= 1, NULL, advice);
  finish (self, share <= 1 ? "works" : "fails", advice);
}

static void
end_round (CapLocalDiagnosis *self)
{
  double seconds = (double) (g_get_monotonic_time () - self->round_since) / G_USEC_PER_SEC;
  gboolean known = self->processor_before >= 0 && self->processor >= self->processor_before;
  double processor = known ? self->processor - self->processor_before : -1;

  if (cap_speed_add (&self->speed, seconds / ROUND_SECONDS, known ? processor / ROUND_SECONDS : -1))
    judge_speed (self);
  else
    begin_round (self, ROUND_SECONDS);
}

static void
on_loaded (CapLocalDiagnosis *self, guint rate, gboolean as_float, CapProcess *process)
{
  g_autofree char *message = g_strdup_printf ("It loaded in %.1f seconds. Captions begin that much later after "
                                              "a long silence.", get_seconds (self));

  emit_row (self, TRUE, NULL, message);
  begin_step (self, "speed");
  self->rate = rate;
  self->as_float = as_float;
  begin_round (self, WARM_UP_SECONDS);
}

static void
on_hypothesis (CapLocalDiagnosis *self, const CapProcessHypothesis *hypothesis, CapProcess *process)
{
  if (hypothesis->processor >= 0)
    self->processor = hypothesis->processor;
}

static void
on_replied (CapLocalDiagnosis *self, CapProcessCall call, guint64 value, CapProcess *process)
{
  if (call != CAP_PROCESS_END)
    return;

  if (self->is_warm)
    end_round (self);
  else
    begin_round (self, ROUND_SECONDS);
  self->is_warm = TRUE;
}

static void
on_failed (CapLocalDiagnosis *self, const GError *error, gboolean again, CapProcess *process)
{
  fail (self, error);
}

static void
load (CapLocalDiagnosis *self)
{
  g_autoptr (CapHosts) hosts = cap_hosts_new ();

  /* A process of its own tells what loading takes. */
  begin_step (self, "load");
  self->process = cap_process_new (hosts, self->candidate, self->threads);
  g_signal_connect_object (self->process, "loaded", G_CALLBACK (on_loaded), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->process, "hypothesis", G_CALLBACK (on_hypothesis), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->process, "replied", G_CALLBACK (on_replied), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->process, "failed", G_CALLBACK (on_failed), self, G_CONNECT_SWAPPED);
}

/* Bytes that programs can still get; 0 if unknown. */
static guint64
read_available_memory (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/meminfo", &text, NULL, NULL))
    return 0;

  line = strstr (text, "\nMemAvailable:");
  return line != NULL ? g_ascii_strtoull (line + strlen ("\nMemAvailable:"), NULL, 10) * 1024 : 0;
}

static guint64
get_needed_memory (CapLocalDiagnosis *self)
{
  return self->candidate->entry != NULL ? self->candidate->entry->memory : 0;
}

/* Too little memory is a warning alone, because an estimate must not end the diagnosis. */
static void
check_memory (CapLocalDiagnosis *self)
{
  guint64 available = read_available_memory (), needed = get_needed_memory (self);
  g_autofree char *has = g_format_size (available), *wants = g_format_size (needed);
  g_autofree char *message = NULL;
  gboolean enough = available == 0 || needed <= available;

  begin_step (self, "memory");
  if (needed == 0 || available == 0)
    message = g_strdup_printf ("%s are available. How much the recogniser needs is not known.",
                               available != 0 ? has : "An unknown number of bytes");
  else
    message = g_strdup_printf ("It needs %s, and %s are available.%s", wants, has,
                               enough ? "" : " Close other programs, or install a smaller model: "
                                             "captionctl model list");
  emit_row (self, enough, NULL, message);
  load (self);
}

static void
on_held (const GError *error, gpointer user_data)
{
  CapLocalDiagnosis *self = user_data;
  g_autoptr (CapLocalDiagnosis) alive = g_object_ref (self);

  if (error != NULL)
    {
      fail (self, error);
      return;
    }
  emit_row (self, TRUE, NULL, "All files are as they were installed.");
  check_memory (self);
}

static void
check_model (CapLocalDiagnosis *self)
{
  begin_step (self, "model");
  if (self->candidate->entry == NULL)
    {
      emit_row (self, TRUE, NULL, "The recogniser brings its own model.");
      check_memory (self);
      return;
    }

  self->hold = cap_candidate_hold (self->candidate, on_held, self);
}

static char *
describe_candidate (CapCandidate *candidate)
{
  return g_strdup_printf ("%s (%s)%s%s, for the language “%s”.", candidate->recogniser->name,
                          candidate->recogniser->argv[0], candidate->entry != NULL ? " with the model " : "",
                          candidate->entry != NULL ? candidate->entry->id : "",
                          candidate->language != NULL ? candidate->language : "");
}

/* public methods */

CapLocalDiagnosis *
cap_local_diagnosis_new (GPtrArray *candidates, const char *better, guint threads)
{
  CapLocalDiagnosis *self;

  g_return_val_if_fail (candidates != NULL && candidates->len > 0, NULL);
  g_return_val_if_fail (threads > 0, NULL);

  self = g_object_new (CAP_TYPE_LOCAL_DIAGNOSIS, NULL);
  self->candidates = g_ptr_array_ref (candidates);
  self->candidate = candidates->pdata[0];
  self->better = g_strdup (better);
  self->threads = threads;
  return self;
}

void
cap_local_diagnosis_start (CapLocalDiagnosis *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;

  g_return_if_fail (CAP_IS_LOCAL_DIAGNOSIS (self));

  begin_step (self, "recogniser");
  if (!cap_recogniser_check (self->candidate->recogniser, &error))
    {
      fail (self, error);
      return;
    }

  message = describe_candidate (self->candidate);
  emit_row (self, TRUE, NULL, message);
  check_model (self);
}

void
cap_local_diagnosis_cancel (CapLocalDiagnosis *self)
{
  g_return_if_fail (CAP_IS_LOCAL_DIAGNOSIS (self));

  finish (self, "cancelled", "");
}
