/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "realtime/diagnosis.h"
#include "base/alarm.h"
#include "base/audio.h"
#include "base/spoken-second.h"
#include "base/weak.h"
#include "dbus/error.h"
#include "protocol/dialects.h"
#include "realtime/session.h"

/* How long the service may take to write the text. */
#define PATIENCE_MS 15000

typedef struct
{
  const CapDialect *dialect;
  gboolean minted;
  gboolean works;
} Door;

/* struct */

struct _CapDiagnosis
{
  GObject parent_instance;

  CapProvider *provider;
  CapCredentials *credentials;
  CapSecret *secret;
  GCancellable *cancellable;

  GArray *doors;       /* of Door */
  guint door;          /* the one that is tried */
  CapRealtimeSession *session;
  GBytes *speech;
  CapAlarm *alarm;     /* a text that is due */

  gint64 step_since;   /* when this step began: monotonic, µs */
  gint64 asked_since;  /* when the speech was sent, or 0 */
  guint refused;       /* in this session, of CapField */
  GError *likely;      /* of all failures, the one that tells most about the cause */
  guint likely_weight;
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

G_DEFINE_FINAL_TYPE (CapDiagnosis, cap_diagnosis, G_TYPE_OBJECT)

static void drop_session (CapDiagnosis *self);
static void try_door (CapDiagnosis *self);
static void on_alarm (gpointer user_data);

/* lifecycle */

static void
cap_diagnosis_dispose (GObject *object)
{
  CapDiagnosis *self = CAP_DIAGNOSIS (object);

  self->done = TRUE;
  g_cancellable_cancel (self->cancellable);
  if (self->alarm != NULL)
    drop_session (self);
  g_clear_pointer (&self->alarm, cap_alarm_free);
  g_clear_pointer (&self->secret, cap_secret_unref);

  G_OBJECT_CLASS (cap_diagnosis_parent_class)->dispose (object);
}

static void
cap_diagnosis_finalize (GObject *object)
{
  CapDiagnosis *self = CAP_DIAGNOSIS (object);

  cap_provider_unref (self->provider);
  g_object_unref (self->credentials);
  g_object_unref (self->cancellable);
  g_array_unref (self->doors);
  g_bytes_unref (self->speech);
  g_clear_error (&self->likely);

  G_OBJECT_CLASS (cap_diagnosis_parent_class)->finalize (object);
}

static void
cap_diagnosis_init (CapDiagnosis *self)
{
  self->cancellable = g_cancellable_new ();
  self->doors = g_array_new (FALSE, FALSE, sizeof (Door));
  self->alarm = cap_alarm_new ("diagnosis", on_alarm, self);
  self->speech = cap_spoken_second_load ();
}

static void
cap_diagnosis_class_init (CapDiagnosisClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_diagnosis_dispose;
  G_OBJECT_CLASS (klass)->finalize = cap_diagnosis_finalize;

  signals[SIGNAL_ROW] = g_signal_new ("row", CAP_TYPE_DIAGNOSIS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 1, G_TYPE_VARIANT);
  signals[SIGNAL_DONE] = g_signal_new ("done", CAP_TYPE_DIAGNOSIS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_VARIANT);
}

/* rows */

static void
add_string (GVariantDict *row, const char *key, const char *value)
{
  if (value != NULL && *value != '\0')
    g_variant_dict_insert (row, key, "s", value);
}

static void
begin_row (GVariantDict *row, const char *step, gboolean works)
{
  g_variant_dict_init (row, NULL);
  g_variant_dict_insert (row, "step", "s", step);
  g_variant_dict_insert (row, "works", "b", works);
}

static void
add_seconds (GVariantDict *row, gint64 since)
{
  g_variant_dict_insert (row, "seconds", "d", (double) (g_get_monotonic_time () - since) / G_USEC_PER_SEC);
}

static void
add_evidence (GVariantDict *row, const CapEvidence *evidence)
{
  if (evidence->status != 0)
    g_variant_dict_insert (row, "status", "u", evidence->status);
  if (evidence->close_code != 0)
    g_variant_dict_insert (row, "close-code", "u", evidence->close_code);
  if (evidence->error != NULL)
    add_string (row, "code", evidence->error->code);
  add_string (row, "request-id", evidence->request_id);
  add_string (row, "region", evidence->region);
}

static void
add_error (GVariantDict *row, const GError *error)
{
  add_string (row, "error", cap_error_get_name (error));
  add_string (row, "message", error->message);
}

static void
emit_row (CapDiagnosis *self, GVariantDict *row)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (g_variant_dict_end (row));

  self->step_since = g_get_monotonic_time ();
  g_signal_emit (self, signals[SIGNAL_ROW], 0, sunk);
}

/* the end */

static void
drop_session (CapDiagnosis *self)
{
  cap_alarm_clear (self->alarm);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
}

static void
finish (CapDiagnosis *self, const char *verdict, GVariantDict *details)
{
  g_autoptr (CapDiagnosis) kept = g_object_ref (self);
  g_autoptr (GVariant) sunk = g_variant_ref_sink (g_variant_dict_end (details));

  if (self->done)
    return;

  self->done = TRUE;
  g_cancellable_cancel (self->cancellable);
  drop_session (self);
  g_clear_pointer (&self->secret, cap_secret_unref);
  g_signal_emit (self, signals[SIGNAL_DONE], 0, verdict, sunk);
}

static void
finish_with_cause (CapDiagnosis *self)
{
  GVariantDict details;

  g_variant_dict_init (&details, NULL);
  add_string (&details, "message",
              self->likely != NULL ? self->likely->message
                                   : "No dialect fits these settings, so nothing was tried.");
  finish (self, "fails", &details);
}

static Door *
current_door (CapDiagnosis *self)
{
  return &g_array_index (self->doors, Door, self->door);
}

static char *
door_name (const Door *door)
{
  return g_strconcat (door->dialect->name, door->minted ? " (minted)" : "", NULL);
}

/* Recommends the first door that works, because the best come first. */
static void
finish_with_doors (CapDiagnosis *self)
{
  for (guint i = 0; i < self->doors->len; i++)
    {
      Door *door = &g_array_index (self->doors, Door, i);
      g_autofree char *name = door_name (door);
      g_autofree char *message = NULL;
      GVariantDict details, settings;

      if (!door->works)
        continue;

      message = g_ascii_strcasecmp (name, door->dialect->title) == 0
                  ? g_strdup_printf ("Use %s.", name)
                  : g_strdup_printf ("Use %s: %s.", name, door->dialect->title);
      g_variant_dict_init (&settings, NULL);
      g_variant_dict_insert (&settings, "dialect", "s", door->dialect->name);
      g_variant_dict_insert (&settings, "mint", "b", door->minted && !door->dialect->must_mint);
      g_variant_dict_init (&details, NULL);
      add_string (&details, "door", name);
      add_string (&details, "message", message);
      g_variant_dict_insert_value (&details, "settings", g_variant_dict_end (&settings));
      finish (self, "works", &details);
      return;
    }

  finish_with_cause (self);
}

/* The earlier an error is listed, the more it tells about the cause. */
static guint
rank (const GError *error)
{
  static const int telling[] = {
    CAP_ERROR_KEYRING_LOCKED,      CAP_ERROR_NO_CREDENTIALS,   CAP_ERROR_AUTHENTICATION_FAILED,
    CAP_ERROR_QUOTA_EXCEEDED,      CAP_ERROR_MODEL_NOT_FOUND,  CAP_ERROR_TLS_FAILED,
    CAP_ERROR_RATE_LIMITED,        CAP_ERROR_MODEL_NOT_SUPPORTED, CAP_ERROR_CONNECTION_LOST,
    CAP_ERROR_SERVICE_FAILED,      CAP_ERROR_PROTOCOL_ERROR,   CAP_ERROR_REDIRECT_REFUSED,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (telling); i++)
    if (g_error_matches (error, CAP_ERROR, telling[i]))
      return G_N_ELEMENTS (telling) - i;

  return 0;
}

static gboolean
is_about_account (const GError *error)
{
  return g_error_matches (error, CAP_ERROR, CAP_ERROR_AUTHENTICATION_FAILED)
         || g_error_matches (error, CAP_ERROR, CAP_ERROR_QUOTA_EXCEEDED);
}

/* Whether the user chose the dialect of this door. All of Azure's count as one,
 * because they lead to the same deployments. */
static gboolean
is_chosen (CapDiagnosis *self)
{
  const char *name = self->session != NULL ? current_door (self)->dialect->name : "";

  return g_str_equal (name, self->provider->dialect) || g_str_has_prefix (name, "azure");
}

/* A door whose service took the speech was the right one, so its failure tells more
 * than those of the others; and a failure in the dialect that the user chose
 * tells more than one in a dialect that is only tried besides. */
static guint
weigh (CapDiagnosis *self, const GError *error)
{
  gboolean heard = self->asked_since != 0;

  return (heard ? 1000 : 0) + (is_about_account (error) ? 500 : 0) + (is_chosen (self) ? 100 : 0)
         + rank (error);
}

static void
consider (CapDiagnosis *self, const GError *error)
{
  guint weight = weigh (self, error);

  if (self->likely != NULL && weight <= self->likely_weight)
    return;

  self->likely_weight = weight;
  g_clear_error (&self->likely);
  self->likely = g_error_copy (error);
}

/* doors */

static void
begin_door_row (CapDiagnosis *self, GVariantDict *row, gboolean works)
{
  g_autofree char *name = door_name (current_door (self));

  begin_row (row, "door", works);
  add_string (row, "door", name);
  add_string (row, "url", cap_realtime_session_get_url (self->session));
}

static void
next_door (CapDiagnosis *self)
{
  drop_session (self);
  self->door++;
  if (!self->done)
    try_door (self);
}

static char *
describe_refused (guint refused)
{
  g_auto (GStrv) names = cap_fields_to_names (refused);
  g_autofree char *list = g_strjoinv (", ", names);

  if (refused == 0)
    return NULL;

  return g_strdup_printf ("The model refuses these fields, so captiond leaves them out: %s.", list);
}

static void
report_text (CapDiagnosis *self, const char *text)
{
  g_autofree char *message = describe_refused (self->refused);
  GVariantDict row;

  begin_door_row (self, &row, TRUE);
  add_seconds (&row, self->asked_since);
  add_string (&row, "message",
              *text == '\0' ? "The service answered, but recognised no words in the test recording. If "
                             "captions stay empty, try another --model." : message);
  current_door (self)->works = TRUE;
  emit_row (self, &row);
  next_door (self);
}

static void
report_failure (CapDiagnosis *self, const CapEvidence *evidence, const CapFault *fault)
{
  GVariantDict row;

  begin_door_row (self, &row, FALSE);
  if (evidence != NULL)
    add_evidence (&row, evidence);
  add_error (&row, fault->error);
  add_string (&row, "row", fault->row);
  consider (self, fault->error);
  emit_row (self, &row);
  next_door (self);
}

static CapFault *
judge (CapDiagnosis *self, const char *dialect, const CapEvidence *evidence)
{
  CapAsked asked = { .provider = self->provider->id,
                     .dialect = dialect,
                     .host = self->provider->host,
                     .path = self->provider->url,
                     .model = self->provider->model,
                     .session_model = self->provider->session_model,
                     .with_key = self->secret != NULL,
                     .with_token = self->provider->auth == CAP_AUTH_TOKEN_COMMAND,
                     .diagnosing = TRUE };

  return cap_fault_judge (evidence, &asked);
}

static void
on_ready (CapDiagnosis *self)
{
  gsize size;
  const gint16 *samples = g_bytes_get_data (self->speech, &size);
  g_autofree gint16 *native = g_new (gint16, size / sizeof *native);

  for (gsize i = 0; i < size / sizeof *native; i++)
    native[i] = GINT16_FROM_LE (samples[i]);
  cap_realtime_session_begin_turn (self->session);
  cap_realtime_session_append (self->session, native, size / sizeof *native);
  cap_realtime_session_end_turn (self->session);
  self->asked_since = g_get_monotonic_time ();
  cap_alarm_set (self->alarm, PATIENCE_MS);
}

/* If the session ends because of it, on_ended() reports it. */
static void
take_failed (CapDiagnosis *self, const CapEvent *event)
{
  g_auto (CapEvidence) evidence = { .stage = CAP_STAGE_LISTEN, .turn_failed = TRUE };
  g_autoptr (CapFault) fault = NULL;

  evidence.error = cap_service_error_copy (event->error);
  fault = judge (self, current_door (self)->dialect->name, &evidence);
  if (fault->remedy == CAP_REMEDY_TURN_LOST || fault->remedy == CAP_REMEDY_IGNORE)
    report_failure (self, &evidence, fault);
}

static void
on_event (CapDiagnosis *self, const CapEvent *event)
{
  if (event->kind == CAP_EVENT_FAILED)
    take_failed (self, event);
  else if (event->kind == CAP_EVENT_COMPLETED || (event->kind == CAP_EVENT_DELTA && *event->text != '\0'))
    report_text (self, event->text);
}

static void
on_refused (CapDiagnosis *self, guint fields)
{
  self->refused |= fields;
}

static void
on_ended (CapDiagnosis *self, const CapFault *fault, const CapEvidence *evidence)
{
  if (fault != NULL)
    report_failure (self, evidence, fault);
}

static void
on_alarm (gpointer user_data)
{
  CapDiagnosis *self = user_data;
  g_autoptr (GError) error =
    g_error_new (CAP_ERROR, CAP_ERROR_SERVICE_FAILED,
                 "The service accepted the speech, but sent no text within %d seconds. Its model may be "
                 "overloaded, or unable to transcribe. Try again later, or with another --model.",
                 PATIENCE_MS / 1000);
  CapFault fault = { .error = error };

  report_failure (self, NULL, &fault);
}

static void
try_door (CapDiagnosis *self)
{
  Door *door = current_door (self);

  if (self->door == self->doors->len)
    {
      finish_with_doors (self);
      return;
    }

  self->refused = 0;
  self->asked_since = 0;
  self->session = cap_realtime_session_new (door->dialect, self->provider, "", door->minted, 0, self->secret);
  g_signal_connect_object (self->session, "ready", G_CALLBACK (on_ready), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "event", G_CALLBACK (on_event), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "refused", G_CALLBACK (on_refused), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "ended", G_CALLBACK (on_ended), self, G_CONNECT_SWAPPED);
  cap_realtime_session_set_diagnosing (self->session);
  cap_realtime_session_start (self->session);
}

static void
find_doors (CapDiagnosis *self)
{
  g_autoptr (GPtrArray) dialects = cap_dialects_of_service (self->provider);

  for (guint i = 0; i < dialects->len; i++)
    {
      const CapDialect *dialect = g_ptr_array_index (dialects, i);

      if (!dialect->must_mint)
        g_array_append_val (self->doors, ((Door) { dialect, FALSE, FALSE }));
      if (dialect->secret_path != NULL)
        g_array_append_val (self->doors, ((Door) { dialect, TRUE, FALSE }));
    }
}

/* the steps before the doors */

static void
on_key (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapDiagnosis) self = cap_weak_take (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (CapSecret) secret = NULL;
  gboolean found = cap_credentials_get_finish (CAP_CREDENTIALS (source), result, &secret, &error);
  GVariantDict row;

  if (self == NULL || self->done)
    return;

  self->secret = g_steal_pointer (&secret);
  begin_row (&row, "key", found);
  add_seconds (&row, self->step_since);
  if (!found)
    {
      add_error (&row, error);
      consider (self, error);
    }
  else if (self->secret == NULL)
    add_string (&row, "message", "No key is stored. This service may not need one.");
  emit_row (self, &row);
  if (self->done)
    return;
  if (found)
    try_door (self);
  else
    finish_with_cause (self);
}

static void
report_probe (CapDiagnosis *self, const char *address, const CapEvidence *evidence, const CapFault *fault)
{
  GVariantDict row;

  /* It failed before the name was looked up, for example because of the proxy. */
  if (address == NULL && !g_error_matches (fault->error, CAP_ERROR, CAP_ERROR_CONNECTION_LOST))
    {
      begin_row (&row, "connection", FALSE);
      add_error (&row, fault->error);
      emit_row (self, &row);
      return;
    }

  begin_row (&row, "name", address != NULL);
  add_string (&row, "url", self->provider->url);
  add_string (&row, "message", address);
  if (address == NULL)
    add_error (&row, fault->error);
  emit_row (self, &row);
  if (address == NULL || self->done)
    return;

  begin_row (&row, "connection", fault == NULL);
  add_string (&row, "url", self->provider->url);
  add_seconds (&row, self->step_since);
  if (fault != NULL)
    {
      add_evidence (&row, evidence);
      add_error (&row, fault->error);
    }
  emit_row (self, &row);
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CapDiagnosis) self = cap_weak_take (user_data);
  g_auto (CapEvidence) evidence = { 0 };
  g_autofree char *address = NULL;
  g_autoptr (CapFault) fault = NULL;
  gboolean reached = cap_realtime_connection_probe_finish (result, &address, &evidence);

  if (self == NULL || self->done)
    return;
  if (!reached)
    fault = judge (self, self->provider->dialect, &evidence);

  report_probe (self, address, &evidence, fault);
  if (self->done)
    return;
  if (fault != NULL)
    {
      consider (self, fault->error);
      finish_with_cause (self);
      return;
    }
  cap_credentials_get_async (self->credentials, self->provider,
                             !cap_dialects_need_key (self->provider), FALSE, self->cancellable,
                             on_key, cap_weak_new (self));
}

/* public methods */

CapDiagnosis *
cap_diagnosis_new (CapProvider *provider, CapCredentials *credentials)
{
  CapDiagnosis *self;

  g_return_val_if_fail (provider != NULL, NULL);
  g_return_val_if_fail (CAP_IS_CREDENTIALS (credentials), NULL);

  self = g_object_new (CAP_TYPE_DIAGNOSIS, NULL);
  self->provider = cap_provider_ref (provider);
  self->credentials = g_object_ref (credentials);
  find_doors (self);
  return self;
}

void
cap_diagnosis_start (CapDiagnosis *self)
{
  CapEndpoint endpoint = { 0 };

  g_return_if_fail (CAP_IS_DIAGNOSIS (self));

  endpoint.url = self->provider->url;
  endpoint.ca_file = self->provider->ca_file;
  self->step_since = g_get_monotonic_time ();
  cap_realtime_connection_probe_async (&endpoint, self->cancellable, on_probed, cap_weak_new (self));
}

void
cap_diagnosis_cancel (CapDiagnosis *self)
{
  GVariantDict details;

  g_return_if_fail (CAP_IS_DIAGNOSIS (self));

  g_variant_dict_init (&details, NULL);
  add_string (&details, "message", "The diagnosis was cancelled.");
  finish (self, "cancelled", &details);
}
