/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "sound/capture.h"
#include "base/alarm.h"
#include "base/audio.h"
#include "base/errors.h"
#include "dbus/error.h"
#include "sound/capture-node.h"
#include "sound/capture-plan.h"
#include "sound/pcm.h"
#include "sound/quarantine.h"

#include <time.h>

#define RING_FRAMES 65536 /* 2.7 s */
#define CHUNK_FRAMES 4096

#define TAIL_MS 150       /* after the last audio, the rest of the ring is fetched */
#define PAUSE_MS 500      /* after the last audio, the source counts as paused */
#define STALL_MS 2000     /* a running source without audio for so long has stalled */
#define STALL_MAX_MS 60000
#define PROMPT_MS 500     /* a server that was not frozen answers within this time */
#define REPLY_MS 5000     /* a server that does not answer within this time is frozen */
#define SETTLE_MS 5000    /* a source must be linked within this time */
#define REBUILD_MS 1000   /* from the failure of a node to its replacement */

#define NOT_ANSWERING "PipeWire does not answer. Captions will continue when it does. " \
                      "If it is stuck, restart pipewire and wireplumber."

/* The life of a capture. Only set_phase() changes the phase. The state that
 * get_state() returns follows from it, and in CAPTURING and STALLED also from
 * the links that the server shows.
 *
 * Phase       Meaning, and what follows
 * ---------------------------------------------------------------------------
 * STOPPED     The caller wants no audio. There is no node in the graph.
 *             CONNECTING: the caller starts the capture without a server.
 *             CAPTURING: the caller starts it, and the server is connected.
 * CONNECTING  The capture waits for PipeWire's server. There is no node.
 *             CAPTURING: the server is connected.
 * CAPTURING   The node exists. The capture links it to the source, as far as the
 *             source is there, and delivers the audio that the quarantine
 *             releases. A node that failed is replaced.
 *             STALLED: the source runs, but no audio arrived for stall_ms.
 *             FROZEN: the server has not answered for REPLY_MS.
 * STALLED     The capture has asked the server whether it is there.
 *             CAPTURING: the server answered. If it did so within PROMPT_MS of
 *             the stall, the node is stuck, and is replaced. If not, the server
 *             was frozen, and the node works again.
 *             FROZEN: the server has not answered for REPLY_MS.
 * FROZEN      The server does not answer, so the node cannot work either.
 *             CAPTURING: the server answered, or a failed node is built anew.
 *
 * From each of them: CONNECTING when the server disappears, STOPPED when the
 * caller stops or disposes the capture. */
typedef enum
{
  PHASE_STOPPED,
  PHASE_CONNECTING,
  PHASE_CAPTURING,
  PHASE_STALLED,
  PHASE_FROZEN,
} Phase;

#define BIT(phase) (1u << PHASE_##phase)

static const guint next_phases[] = {
  [PHASE_STOPPED] = BIT (CONNECTING) | BIT (CAPTURING),
  [PHASE_CONNECTING] = BIT (CAPTURING) | BIT (STOPPED),
  [PHASE_CAPTURING] = BIT (STALLED) | BIT (FROZEN) | BIT (CONNECTING) | BIT (STOPPED),
  [PHASE_STALLED] = BIT (CAPTURING) | BIT (FROZEN) | BIT (CONNECTING) | BIT (STOPPED),
  [PHASE_FROZEN] = BIT (CAPTURING) | BIT (CONNECTING) | BIT (STOPPED),
};

struct _CapCapture
{
  GObject parent_instance;

  CapAudioGraph *graph;
  CapSource *source;

  Phase phase;
  CapRing *ring;
  CapCaptureNode *node; /* NULL in STOPPED and CONNECTING */
  CapCapturePlan *plan; /* the last one, or NULL */
  gboolean linked;      /* the server shows a link for every port of the plan */

  CapQuarantine quarantine;

  gboolean sounding; /* between the first ::audio and ::paused */
  gint64 last_audio; /* µs */
  gint64 stalled;    /* when it stalled last, µs */
  guint stall_ms;    /* grows while stalls repeat */
  gboolean overdue;  /* the capture was STARTING for SETTLE_MS */

  CapAlarm *tail_alarm;
  CapAlarm *stall_alarm;
  CapAlarm *reply_alarm;
  CapAlarm *settle_alarm;
  CapAlarm *rebuild_alarm;

  CapCaptureState state;
  GError *reason;
  char *description;
};

enum
{
  SIGNAL_AUDIO,
  SIGNAL_PAUSED,
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CapCapture, cap_capture, G_TYPE_OBJECT)

static void set_phase (CapCapture *self, Phase phase);
static void drop_node (CapCapture *self);
static void on_node_audio (CapCapture *self);
static void on_node_changed (CapCapture *self);
static void on_node_failed (CapCapture *self);
static void on_tail (gpointer user_data);
static void on_stall (gpointer user_data);
static void on_no_reply (gpointer user_data);
static void on_not_settled (gpointer user_data);
static void on_rebuild (gpointer user_data);

/* lifecycle */

static void
cap_capture_dispose (GObject *object)
{
  CapCapture *self = CAP_CAPTURE (object);

  set_phase (self, PHASE_STOPPED);
  if (self->ring != NULL)
    drop_node (self);
  g_clear_object (&self->graph);
  g_clear_pointer (&self->ring, cap_ring_free);
  G_OBJECT_CLASS (cap_capture_parent_class)->dispose (object);
}

static void
cap_capture_finalize (GObject *object)
{
  CapCapture *self = CAP_CAPTURE (object);

  cap_alarm_free (self->tail_alarm);
  cap_alarm_free (self->stall_alarm);
  cap_alarm_free (self->reply_alarm);
  cap_alarm_free (self->settle_alarm);
  cap_alarm_free (self->rebuild_alarm);
  g_clear_pointer (&self->plan, cap_capture_plan_free);
  g_clear_pointer (&self->source, cap_source_free);
  g_clear_error (&self->reason);
  g_free (self->description);
  G_OBJECT_CLASS (cap_capture_parent_class)->finalize (object);
}

static void
cap_capture_class_init (CapCaptureClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = cap_capture_dispose;
  object_class->finalize = cap_capture_finalize;

  signals[SIGNAL_AUDIO] = g_signal_new ("audio", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                        3, G_TYPE_INT64, G_TYPE_POINTER, G_TYPE_UINT);
  signals[SIGNAL_PAUSED]
      = g_signal_new ("paused", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cap_capture_init (CapCapture *self)
{
  self->ring = cap_ring_new (RING_FRAMES, CAP_AUDIO_RATE);
  self->stall_ms = STALL_MS;
  self->description = g_strdup ("");
  self->tail_alarm = cap_alarm_new ("capture tail", on_tail, self);
  self->stall_alarm = cap_alarm_new ("capture stall", on_stall, self);
  self->reply_alarm = cap_alarm_new ("capture reply", on_no_reply, self);
  self->settle_alarm = cap_alarm_new ("capture settle", on_not_settled, self);
  self->rebuild_alarm = cap_alarm_new ("capture rebuild", on_rebuild, self);
}

/* private: the phase */

static void
set_phase (CapCapture *self, Phase phase)
{
  if (self->phase == phase)
    return;

  g_warn_if_fail (next_phases[self->phase] & 1u << phase);
  self->phase = phase;
}

/* private: from the ring onwards */

static gint64
now_ns (void)
{
  return g_get_monotonic_time () * 1000;
}

static void
check_links (CapCapture *self)
{
  CapLinks links = CAP_LINKS_ALLOWED;

  if (self->node != NULL)
    links = cap_capture_plan_judge_all (cap_audio_graph_get_mirror (self->graph), self->source,
                                        cap_capture_node_get_id (self->node));
  cap_quarantine_see (&self->quarantine, links, now_ns ());
}

static void
begin_sync (CapCapture *self)
{
  if (!cap_audio_graph_is_connected (self->graph)
      || !cap_quarantine_ask (&self->quarantine, cap_ring_get_end (self->ring)))
    return;

  self->quarantine.seq = cap_audio_graph_sync (self->graph);
  cap_alarm_set (self->reply_alarm, REPLY_MS);
}

/* Converts PipeWire's time to microseconds of CLOCK_BOOTTIME, which also counts
 * while the computer sleeps. */
static gint64
to_boottime (gint64 monotonic_ns)
{
  struct timespec monotonic, boottime;

  clock_gettime (CLOCK_MONOTONIC, &monotonic);
  clock_gettime (CLOCK_BOOTTIME, &boottime);
  return monotonic_ns / 1000
         + (boottime.tv_sec - monotonic.tv_sec) * G_USEC_PER_SEC
         + (boottime.tv_nsec - monotonic.tv_nsec) / 1000;
}

/* FALSE if there is nothing left to deliver. */
static gboolean
deliver_chunk (CapCapture *self)
{
  float samples[CHUNK_FRAMES];
  gint16 pcm[CHUNK_FRAMES];
  gint64 time;
  guint n_frames = cap_ring_read (self->ring, self->quarantine.end, samples, CHUNK_FRAMES, &time);
  guint n_channels = self->plan != NULL ? MAX (self->plan->n_channels, 1) : 1;

  if (n_frames == 0)
    return FALSE;
  if (!cap_quarantine_trusts (&self->quarantine, time))
    return TRUE;

  cap_pcm_from_float (pcm, samples, n_frames, 1.0f / n_channels);
  self->sounding = TRUE;
  self->last_audio = g_get_monotonic_time ();
  cap_alarm_set (self->tail_alarm, TAIL_MS);
  g_signal_emit (self, signals[SIGNAL_AUDIO], 0, to_boottime (time), pcm, n_frames);
  return self->phase != PHASE_STOPPED;
}

static void
deliver (CapCapture *self)
{
  if (!cap_quarantine_is_clean (&self->quarantine))
    cap_ring_skip (self->ring, self->quarantine.end);
  else
    while (deliver_chunk (self))
      ;
}

/* private: the node */

static const char *
get_media_name (CapCapture *self)
{
  switch (self->source->kind)
    {
    case CAP_SOURCE_SYSTEM:
      return "System audio";
    case CAP_SOURCE_MICROPHONE:
      return "Microphone";
    case CAP_SOURCE_OUTPUT:
    case CAP_SOURCE_INPUT:
    case CAP_SOURCE_APP:
    default:
      return self->source->name;
    }
}

static void
drop_node (CapCapture *self)
{
  if (self->node != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->node, self);
      g_object_run_dispose (G_OBJECT (self->node));
      g_clear_object (&self->node);
    }
  cap_ring_skip (self->ring, cap_ring_get_end (self->ring));
  cap_quarantine_reset (&self->quarantine);
  cap_alarm_clear (self->reply_alarm);
  cap_alarm_clear (self->stall_alarm);
  cap_alarm_clear (self->rebuild_alarm);
}

static void
make_node (CapCapture *self)
{
  drop_node (self);
  set_phase (self, PHASE_CAPTURING);
  self->node = cap_capture_node_new (self->graph, self->ring, get_media_name (self),
                                     cap_capture_plan_is_passive (self->source));
  g_signal_connect_object (self->node, "audio", G_CALLBACK (on_node_audio), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->node, "changed", G_CALLBACK (on_node_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->node, "failed", G_CALLBACK (on_node_failed), self, G_CONNECT_SWAPPED);
  /* If the server is already frozen, it will not answer. */
  begin_sync (self);
}

/* private: the state */

static GError *
explain_unavailable (const char *what)
{
  return g_error_new_literal (CAP_ERROR, CAP_ERROR_AUDIO_UNAVAILABLE, what);
}

static CapCaptureState
find_connection_state (CapCapture *self, GError **reason)
{
  if (cap_audio_graph_is_absent (self->graph))
    *reason = explain_unavailable ("PipeWire is not running for this user, so Live Captions hears no "
                                   "sound. Start pipewire; captions will start then.");
  else if (self->overdue)
    *reason = explain_unavailable (NOT_ANSWERING);
  else
    return CAP_CAPTURE_STARTING;
  return CAP_CAPTURE_WAITING;
}

static CapCaptureState
find_link_state (CapCapture *self, GError **reason)
{
  if (self->quarantine.links == CAP_LINKS_FORBIDDEN)
    *reason = g_error_new_literal (CAP_ERROR, CAP_ERROR_POLICY_REFUSED,
                                   "Another program has connected a different source to Live "
                                   "Captions, so captions have stopped. Remove that connection.");
  else if (self->plan->reason != NULL)
    *reason = g_error_copy (self->plan->reason);
  else if (self->linked && self->quarantine.links == CAP_LINKS_ALLOWED)
    return CAP_CAPTURE_LINKED;
  else if (self->overdue)
    *reason = explain_unavailable ("PipeWire does not connect the source to Live Captions. The "
                                   "session manager may not be running: start WirePlumber.");
  else
    return CAP_CAPTURE_STARTING;
  return CAP_CAPTURE_WAITING;
}

static CapCaptureState
find_state (CapCapture *self, GError **reason)
{
  switch (self->phase)
    {
    case PHASE_STOPPED:
      return CAP_CAPTURE_STOPPED;
    case PHASE_CONNECTING:
      return find_connection_state (self, reason);
    case PHASE_FROZEN:
      *reason = explain_unavailable (NOT_ANSWERING);
      return CAP_CAPTURE_WAITING;
    case PHASE_CAPTURING:
    case PHASE_STALLED:
    default:
      return find_link_state (self, reason);
    }
}

static void
set_state (CapCapture *self, CapCaptureState state, GError *reason, const char *description)
{
  if (state == self->state && g_str_equal (description, self->description)
      && cap_errors_equal (reason, self->reason))
    {
      g_clear_error (&reason);
      return;
    }
  self->state = state;
  g_clear_error (&self->reason);
  self->reason = reason;
  g_free (self->description);
  self->description = g_strdup (description);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
set_deadlines (CapCapture *self, CapCaptureState state)
{
  if (state == CAP_CAPTURE_STARTING)
    cap_alarm_ensure (self->settle_alarm, SETTLE_MS);
  else
    cap_alarm_clear (self->settle_alarm);
  if (state == CAP_CAPTURE_LINKED || state == CAP_CAPTURE_STOPPED
      || (self->plan != NULL && self->plan->reason != NULL))
    self->overdue = FALSE;

  if (state == CAP_CAPTURE_LINKED && self->plan->running)
    cap_alarm_ensure (self->stall_alarm, self->stall_ms);
  else
    cap_alarm_clear (self->stall_alarm);
}

/* Makes a new plan from the current graph, and creates and removes links to match
 * it. */
static void
update_links (CapCapture *self)
{
  g_clear_pointer (&self->plan, cap_capture_plan_free);
  self->plan = cap_capture_plan_new (cap_audio_graph_get_mirror (self->graph), self->source);
  check_links (self);
  self->linked = cap_capture_node_link (self->node, self->plan->ports);
}

static void
update (CapCapture *self)
{
  GError *reason = NULL;
  CapCaptureState state;

  if (self->phase == PHASE_CAPTURING || self->phase == PHASE_STALLED)
    update_links (self);
  state = find_state (self, &reason);
  set_deadlines (self, state);
  set_state (self, state, reason, state == CAP_CAPTURE_LINKED ? self->plan->description : "");
}

/* private: recovery */

static void
replace_node (CapCapture *self)
{
  make_node (self);
  update (self);
}

/* The server was frozen, so the node was too, and both continue on their own. A
 * new node would miss what plays while it is created. If the node is stuck after
 * all, it will stall again. */
static void
keep_node (CapCapture *self)
{
  set_phase (self, PHASE_CAPTURING);
  self->stall_ms = STALL_MS;
  cap_alarm_clear (self->stall_alarm);
  update (self);
}

/* callbacks: the node */

static void
on_node_audio (CapCapture *self)
{
  self->stall_ms = STALL_MS;
  if (cap_alarm_is_set (self->stall_alarm))
    cap_alarm_set (self->stall_alarm, self->stall_ms);
  begin_sync (self);
}

static void
on_node_changed (CapCapture *self)
{
  update (self);
}

static void
on_node_failed (CapCapture *self)
{
  cap_alarm_ensure (self->rebuild_alarm, REBUILD_MS);
}

/* callbacks: the graph */

static void
on_graph_connected (CapCapture *self)
{
  if (self->phase == PHASE_STOPPED)
    return;
  self->overdue = FALSE;
  cap_alarm_clear (self->settle_alarm);
  make_node (self);
  update (self);
}

static void
on_graph_disconnected (CapCapture *self)
{
  drop_node (self);
  if (self->phase != PHASE_STOPPED)
    set_phase (self, PHASE_CONNECTING);
  update (self);
}

static void
on_graph_changed (CapCapture *self)
{
  if (self->node != NULL)
    update (self);
}

/* Judges the link at once, because ::changed may come after it was removed again. */
static void
on_graph_link_added (CapCapture *self, CapGraphLink *link)
{
  CapLinks links;

  if (self->node == NULL)
    return;
  links = cap_capture_plan_judge (cap_audio_graph_get_mirror (self->graph), self->source,
                                  cap_capture_node_get_id (self->node), link);
  if (links != CAP_LINKS_ALLOWED)
    cap_quarantine_see (&self->quarantine, MAX (links, self->quarantine.links), now_ns ());
}

static void
on_graph_synced (CapCapture *self, int seq)
{
  g_autoptr (CapCapture) alive = g_object_ref (self);
  gboolean again;

  if (!cap_quarantine_answer (&self->quarantine, seq, &again))
    return;

  cap_alarm_clear (self->reply_alarm);
  if (self->phase == PHASE_STALLED && g_get_monotonic_time () - self->stalled <= PROMPT_MS * 1000)
    {
      replace_node (self);
      return;
    }
  if (self->phase == PHASE_STALLED || self->phase == PHASE_FROZEN)
    keep_node (self);

  check_links (self);
  deliver (self);
  if (again && self->phase != PHASE_STOPPED)
    begin_sync (self);
}

/* callbacks: alarms */

static void
on_tail (gpointer user_data)
{
  CapCapture *self = user_data;
  gint64 elapsed = (g_get_monotonic_time () - self->last_audio) / 1000;

  if (elapsed >= PAUSE_MS)
    {
      self->sounding = FALSE;
      g_signal_emit (self, signals[SIGNAL_PAUSED], 0);
      return;
    }
  if (cap_ring_has (self->ring, cap_ring_get_end (self->ring)))
    begin_sync (self);
  cap_alarm_set (self->tail_alarm, PAUSE_MS - elapsed);
}

/* The source plays, but no audio arrives: either the server is frozen or the node
 * is stuck. The answer to a sync shows which. */
static void
on_stall (gpointer user_data)
{
  CapCapture *self = user_data;

  g_debug ("no audio arrived for %u ms", self->stall_ms);
  self->stall_ms = MIN (self->stall_ms * 2, STALL_MAX_MS);
  set_phase (self, PHASE_STALLED);
  self->stalled = g_get_monotonic_time ();
  begin_sync (self);
}

static void
on_no_reply (gpointer user_data)
{
  CapCapture *self = user_data;

  set_phase (self, PHASE_FROZEN);
  update (self);
}

static void
on_not_settled (gpointer user_data)
{
  CapCapture *self = user_data;

  self->overdue = TRUE;
  update (self);
}

static void
on_rebuild (gpointer user_data)
{
  CapCapture *self = user_data;

  if (self->node != NULL)
    replace_node (self);
}

/* public methods */

CapCapture *
cap_capture_new (CapAudioGraph *graph, const CapSource *source)
{
  g_return_val_if_fail (CAP_IS_AUDIO_GRAPH (graph), NULL);
  g_return_val_if_fail (source != NULL, NULL);

  CapCapture *self = g_object_new (CAP_TYPE_CAPTURE, NULL);

  self->graph = g_object_ref (graph);
  self->source = cap_source_copy (source);
  g_signal_connect_object (graph, "connected", G_CALLBACK (on_graph_connected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (graph, "disconnected", G_CALLBACK (on_graph_disconnected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (graph, "changed", G_CALLBACK (on_graph_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (graph, "link-added", G_CALLBACK (on_graph_link_added), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (graph, "synced", G_CALLBACK (on_graph_synced), self, G_CONNECT_SWAPPED);
  return self;
}

void
cap_capture_start (CapCapture *self)
{
  g_return_if_fail (CAP_IS_CAPTURE (self));

  if (self->phase != PHASE_STOPPED)
    return;
  if (cap_audio_graph_is_connected (self->graph))
    make_node (self);
  else
    set_phase (self, PHASE_CONNECTING);
  update (self);
}

void
cap_capture_stop (CapCapture *self)
{
  g_return_if_fail (CAP_IS_CAPTURE (self));

  if (self->phase == PHASE_STOPPED)
    return;
  set_phase (self, PHASE_STOPPED);
  self->sounding = FALSE;
  cap_alarm_clear (self->tail_alarm);
  drop_node (self);
  update (self);
}

CapCaptureState
cap_capture_get_state (CapCapture *self)
{
  g_return_val_if_fail (CAP_IS_CAPTURE (self), CAP_CAPTURE_STOPPED);

  return self->state;
}

const GError *
cap_capture_get_reason (CapCapture *self)
{
  g_return_val_if_fail (CAP_IS_CAPTURE (self), NULL);

  return self->reason;
}

const char *
cap_capture_get_description (CapCapture *self)
{
  g_return_val_if_fail (CAP_IS_CAPTURE (self), "");

  return self->description;
}

guint64
cap_capture_get_lost_frames (CapCapture *self)
{
  g_return_val_if_fail (CAP_IS_CAPTURE (self), 0);

  return self->ring == NULL ? 0 : cap_ring_get_dropped_frames (self->ring);
}
