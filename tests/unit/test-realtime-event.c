/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "dbus/error.h"
#include "protocol/event.h"

#include <math.h>
#include <string.h>

#define NESTED cap_event_names_nested
#define FLAT cap_event_names_flat
#define VLLM cap_event_names_vllm

#define TRANSCRIPTION "conversation.item.input_audio_transcription."

/* These tests write JSON with single quotes. */
static char *
json (const char *text)
{
  return g_strdelimit (g_strdup (text), "'", '"');
}

static CapEvent *
parse (const CapEventName *names, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *message = json (text);
  CapEvent *event = cap_event_parse (names, message, strlen (message), &error);

  g_assert_no_error (error);
  g_assert_nonnull (event);
  return event;
}

static void
sessions_of_now_are_understood (void)
{
  g_autoptr (CapEvent) created = parse (NESTED,
    "{'type':'session.created','event_id':'e1','session':{'type':'transcription',"
    "'object':'realtime.transcription_session','id':'sess_1','expires_at':1790000000,"
    "'audio':{'input':{'transcription':null,'turn_detection':{'type':'server_vad'}}},'include':null}}");
  g_autoptr (CapEvent) updated = parse (NESTED,
    "{'type':'session.updated','session':{'type':'transcription','id':'sess_1',"
    "'audio':{'input':{'transcription':{'model':'m','language':null}}}}}");

  g_assert_cmpint (created->kind, ==, CAP_EVENT_CREATED);
  g_assert_cmpstr (created->name, ==, "session.created");
  g_assert_cmpint (created->shape, ==, CAP_SHAPE_NESTED);
  g_assert_cmpstr (created->session_type, ==, "transcription");
  g_assert_cmpstr (created->session_id, ==, "sess_1");
  g_assert_cmpint (created->expires_at, ==, 1790000000);
  g_assert_true (created->says_transcription);
  g_assert_false (created->transcribes);

  g_assert_cmpint (updated->kind, ==, CAP_EVENT_UPDATED);
  g_assert_true (updated->says_transcription);
  g_assert_true (updated->transcribes);
}

static void
sessions_of_the_other_type_say_so (void)
{
  g_autoptr (CapEvent) event = parse (NESTED,
    "{'type':'session.created','session':{'type':'realtime','object':'realtime.session','id':'s'}}");

  g_assert_cmpint (event->shape, ==, CAP_SHAPE_NESTED);
  g_assert_cmpstr (event->session_type, ==, "realtime");
  g_assert_cmpint (event->expires_at, ==, 0);
  g_assert_false (event->says_transcription);
}

static void
flat_sessions_are_understood (void)
{
  g_autoptr (CapEvent) old = parse (FLAT,
    "{'type':'transcription_session.updated','session':{'id':'s','input_audio_format':'pcm16',"
    "'input_audio_transcription':{'model':'whisper-1'},'turn_detection':null}}");
  g_autoptr (CapEvent) speaches = parse (FLAT,
    "{'type':'session.created','session':{'id':'s','object':'realtime.session',"
    "'input_audio_format':'pcm16','input_audio_transcription':null}}");

  g_assert_cmpint (old->kind, ==, CAP_EVENT_UPDATED);
  g_assert_cmpint (old->shape, ==, CAP_SHAPE_FLAT);
  g_assert_cmpstr (old->session_type, ==, "transcription");
  g_assert_true (old->transcribes);

  g_assert_cmpint (speaches->kind, ==, CAP_EVENT_CREATED);
  g_assert_cmpint (speaches->shape, ==, CAP_SHAPE_FLAT);
  g_assert_null (speaches->session_type);
  g_assert_true (speaches->says_transcription);
  g_assert_false (speaches->transcribes);
}

static void
vllm_is_understood (void)
{
  g_autoptr (CapEvent) created = parse (VLLM, "{'type':'session.created','id':'sess-1','created':179}");
  g_autoptr (CapEvent) delta = parse (VLLM, "{'type':'transcription.delta','delta':'good '}");
  g_autoptr (CapEvent) done = parse (VLLM, "{'type':'transcription.done','text':'good morning',"
                                           "'usage':{'prompt_tokens':5,'total_tokens':8}}");
  g_autoptr (CapEvent) error = parse (VLLM, "{'type':'error','error':'Unknown event type: x',"
                                            "'code':'unknown_event'}");

  g_assert_cmpint (created->shape, ==, CAP_SHAPE_BARE);
  g_assert_cmpstr (created->session_id, ==, "sess-1");
  g_assert_null (created->session_type);

  g_assert_cmpint (delta->kind, ==, CAP_EVENT_DELTA);
  g_assert_cmpstr (delta->item_id, ==, "");
  g_assert_cmpstr (delta->text, ==, "good ");

  g_assert_cmpint (done->kind, ==, CAP_EVENT_COMPLETED);
  g_assert_cmpstr (done->text, ==, "good morning");
  g_assert_cmpfloat (done->billed_seconds, <, 0);

  g_assert_cmpint (error->kind, ==, CAP_EVENT_ERROR);
  g_assert_cmpstr (error->error->message, ==, "Unknown event type: x");
  g_assert_cmpstr (error->error->code, ==, "unknown_event");
  g_assert_null (error->error->type);
}

static void
turns_are_understood (void)
{
  g_autoptr (CapEvent) started = parse (NESTED,
    "{'type':'input_audio_buffer.speech_started','audio_start_ms':320,'item_id':'item_1'}");
  g_autoptr (CapEvent) stopped = parse (NESTED,
    "{'type':'input_audio_buffer.speech_stopped','audio_end_ms':2100,'item_id':'item_1'}");
  g_autoptr (CapEvent) first = parse (NESTED,
    "{'type':'input_audio_buffer.committed','previous_item_id':null,'item_id':'item_1'}");
  g_autoptr (CapEvent) second = parse (FLAT,
    "{'type':'input_audio_buffer.committed','previous_item_id':'item_1','item_id':'item_2'}");

  g_assert_cmpint (started->kind, ==, CAP_EVENT_SPEECH_STARTED);
  g_assert_cmpint (started->ms, ==, 320);
  g_assert_cmpstr (started->item_id, ==, "item_1");
  g_assert_cmpint (stopped->kind, ==, CAP_EVENT_SPEECH_STOPPED);
  g_assert_cmpint (stopped->ms, ==, 2100);
  g_assert_cmpint (first->kind, ==, CAP_EVENT_COMMITTED);
  g_assert_null (first->previous_item_id);
  g_assert_cmpstr (second->previous_item_id, ==, "item_1");
}

static void
text_is_taken_as_it_is (void)
{
  g_autoptr (CapEvent) delta = parse (NESTED, "{'type':'" TRANSCRIPTION "delta','item_id':'i',"
                                              "'content_index':0,'delta':' caf\\u00e9','obfuscation':'x'}");
  g_autoptr (CapEvent) empty = parse (NESTED, "{'type':'" TRANSCRIPTION "delta','item_id':'i'}");
  g_autoptr (CapEvent) completed = parse (NESTED,
    "{'type':'" TRANSCRIPTION "completed','item_id':'i','transcript':'first',"
    "'usage':{'type':'duration','seconds':2.5},'languages':[{'code':'en'},{'code':'fr'}],"
    "'logprobs':[{'token':'fi','logprob':-0.25,'bytes':[1]},{'token':'rst','logprob':-0.75}]}");

  g_assert_cmpstr (delta->text, ==, " caf\303\251");
  g_assert_cmpstr (empty->text, ==, "");
  g_assert_cmpstr (completed->text, ==, "first");
  g_assert_cmpstr (completed->language, ==, "en");
  g_assert_cmpfloat (completed->billed_seconds, ==, 2.5);
  g_assert_cmpfloat_with_epsilon (completed->confidence, exp (-0.5), 1e-9);
}

static void
what_is_not_said_of_a_text_is_unknown (void)
{
  g_autoptr (CapEvent) event = parse (NESTED,
    "{'type':'" TRANSCRIPTION "completed','item_id':'i','transcript':null,'usage':{'type':'tokens',"
    "'total_tokens':24},'languages':[],'logprobs':null}");
  g_autoptr (CapEvent) odd = parse (NESTED,
    "{'type':'" TRANSCRIPTION "completed','item_id':7,'transcript':[],'usage':{'seconds':1e300},"
    "'language':'en\\u001b[0m','logprobs':[1,null,{}]}");
  g_autoptr (CapEvent) sure = parse (NESTED,
    "{'type':'" TRANSCRIPTION "completed','language':'pt-BR','logprobs':[{'logprob':3}]}");

  g_assert_cmpstr (event->text, ==, "");
  g_assert_null (event->language);
  g_assert_cmpfloat (event->confidence, <, 0);
  g_assert_cmpfloat (event->billed_seconds, <, 0);

  g_assert_cmpstr (odd->text, ==, "");
  g_assert_cmpstr (odd->item_id, ==, "");
  g_assert_null (odd->language);
  g_assert_cmpfloat (odd->confidence, <, 0);
  g_assert_cmpfloat (odd->billed_seconds, <, 0);

  g_assert_cmpstr (sure->language, ==, "pt-BR");
  g_assert_cmpfloat (sure->confidence, ==, 1);
}

static void
speakers_are_understood (void)
{
  g_autoptr (CapEvent) event = parse (NESTED,
    "{'type':'" TRANSCRIPTION "segment','item_id':'i','id':'seg_1','text':'hello',"
    "'speaker':'A','start':0.5,'end':1.25}");
  g_autoptr (CapEvent) odd = parse (NESTED,
    "{'type':'" TRANSCRIPTION "segment','speaker':null,'start':-1e308,'end':-5}");

  g_assert_cmpint (event->kind, ==, CAP_EVENT_SEGMENT);
  g_assert_cmpstr (event->segment_id, ==, "seg_1");
  g_assert_cmpstr (event->speaker, ==, "A");
  g_assert_cmpfloat (event->start, ==, 0.5);
  g_assert_cmpfloat (event->end, ==, 1.25);
  g_assert_null (odd->speaker);
  g_assert_cmpfloat (odd->start, ==, 0);
  g_assert_cmpfloat (odd->end, ==, 0);
}

static void
errors_are_understood (void)
{
  g_autoptr (CapEvent) error = parse (NESTED,
    "{'type':'error','event_id':'e','error':{'type':'invalid_request_error','code':'invalid_value',"
    "'message':'No.','param':'session.audio.input.turn_detection','event_id':'u-1'}}");
  g_autoptr (CapEvent) failed = parse (NESTED,
    "{'type':'" TRANSCRIPTION "failed','item_id':'i','error':{'type':'server_error','code':null,"
    "'message':'Input transcription failed.','param':null}}");
  g_autoptr (CapEvent) bare = parse (NESTED, "{'type':'error','message':'Oh.','code':503}");
  g_autoptr (CapServiceError) copy = cap_service_error_copy (error->error);

  g_assert_cmpstr (copy->type, ==, "invalid_request_error");
  g_assert_cmpstr (copy->code, ==, "invalid_value");
  g_assert_cmpstr (copy->message, ==, "No.");
  g_assert_cmpstr (copy->param, ==, "session.audio.input.turn_detection");
  g_assert_cmpstr (copy->event_id, ==, "u-1");

  g_assert_cmpint (failed->kind, ==, CAP_EVENT_FAILED);
  g_assert_cmpstr (failed->item_id, ==, "i");
  g_assert_cmpstr (failed->error->type, ==, "server_error");
  g_assert_null (failed->error->code);

  g_assert_cmpstr (bare->error->message, ==, "Oh.");
  g_assert_cmpstr (bare->error->code, ==, "503");
  g_assert_null (bare->error->type);
}

static void
unknown_events_are_of_no_interest (void)
{
  static const CapEventName *const tables[] = { NESTED, FLAT, VLLM };

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autoptr (CapEvent) event = parse (tables[i], "{'type':'rate_limits.updated','rate_limits':[]}");

      g_assert_cmpint (event->kind, ==, CAP_EVENT_OTHER);
      g_assert_cmpstr (event->name, ==, "rate_limits.updated");
    }
}

static void
what_is_no_event_is_refused_without_repeating_it (void)
{
  static const char *const bad[] = {
    "", "secret", "['secret']", "'secret'", "null", "{}",
    "{'type':''}", "{'type':null}", "{'type':['secret']}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *message = json (bad[i]);

      g_assert_null (cap_event_parse (NESTED, message, strlen (message), &error));
      g_assert_error (error, CAP_ERROR, CAP_ERROR_PROTOCOL_ERROR);
      g_assert_null (strstr (error->message, "secret"));
    }
}

static void
lengths_are_bounded_at_whole_characters (void)
{
  g_autoptr (GString) long_text = g_string_new (NULL);
  g_autofree char *text = NULL;
  g_autoptr (CapEvent) event = NULL;

  for (int i = 0; i < 30 * 1000; i++)
    g_string_append (long_text, "\342\202\254");
  text = g_strdup_printf ("{'type':'" TRANSCRIPTION "completed','item_id':'%.999s','transcript':'%s'}",
                          long_text->str, long_text->str);
  event = parse (NESTED, text);

  g_assert_cmpuint (strlen (event->item_id), ==, 255);
  g_assert_cmpuint (strlen (event->text), ==, 64 * 1024 - 1);
  g_assert_true (g_utf8_validate (event->text, -1, NULL));
}

/* bodies */

static void
assert_body (const char *body, const char *code, const char *message)
{
  g_autofree char *text = json (body);
  g_autoptr (CapServiceError) error = cap_service_error_parse (text, strlen (text));

  g_assert_nonnull (error);
  g_assert_cmpstr (error->code, ==, code);
  g_assert_cmpstr (error->message, ==, message);
}

static void
bodies_of_all_shapes_are_understood (void)
{
  assert_body ("{'error':{'message':'No.','type':'t','param':null,'code':'c'}}", "c", "No.");
  assert_body ("{'error':{'code':'OpperationNotSupported','message':'No.'}}", "OpperationNotSupported", "No.");
  assert_body ("{'error':{'code':401,'message':'No.'}}", "401", "No.");
  assert_body ("{'error':{'code':'x','innererror':{'message':'Deep.'}}}", "x", "Deep.");
  assert_body ("{'statusCode':404,'message':'Resource not found'}", "404", "Resource not found");
  assert_body ("{'error':'No.'}", NULL, "No.");
  assert_body ("{'error':'invalid_client','error_description':'No.'}", "invalid_client", "No.");
  assert_body ("{'detail':'Not Found'}", NULL, "Not Found");
  assert_body ("{'detail':{'code':'c','message':'No.'}}", "c", "No.");
  assert_body ("{'detail':[{'loc':['query','model'],'msg':'field required'},{'loc':[],'msg':'b'}]}",
               NULL, "model: field required; b");
  assert_body ("[{'error':{'code':400,'message':'No.'}}]", "400", "No.");
  assert_body ("404 page not found\nand more", NULL, "404 page not found");
}

static void
bodies_without_an_error_have_none (void)
{
  static const char *const bodies[] = {
    "", "  ", "<html>No.</html>", "{}", "[]", "null", "7", "{'error':null}", "{'detail':[]}", "{broken",
    "[{}]",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *text = json (bodies[i]);

      g_assert_null (cap_service_error_parse (text, strlen (text)));
    }
  g_assert_null (cap_service_error_parse (NULL, 0));
}

static void
errors_are_cleaned_of_keys (void)
{
  g_autoptr (CapEvent) event = parse (NESTED,
    "{'type':'error','error':{'code':'invalid_api_key',"
    "'message':'Incorrect API key provided: sk-proj-canary123.\\u001b[31m','param':'api-key=canary'}}");

  g_assert_cmpstr (event->error->code, ==, "invalid_api_key");
  g_assert_null (strstr (event->error->message, "canary"));
  g_assert_null (strchr (event->error->message, '\033'));
  g_assert_null (strstr (event->error->param, "canary"));
  g_assert_nonnull (strstr (event->error->message, "Incorrect API key"));
}

/* redaction */

static void
keys_are_masked (void)
{
  static const char *const texts[] = {
    "Incorrect API key provided: sk-***canary. You can find yours at",
    "sk-proj-canary",
    "got ek_canary",
    "Authorization: Bearer canary",
    "authorization=canary",
    "wss://h/v1/realtime?intent=transcription&api-key=canary&x=1",
    "https://h/?api_key=canary",
    "https%3A%2F%2Fh%2F%3Fapi-key%3Dcanary",
    "https://user:canary@host/path",
    "{\"client_secret\": \"canary\"}",
    "token=canary",
    "Ocp-Apim-Subscription-Key: canary",
    "password: canary",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.canary_canary",
    "key 0123456789abcdef0123456789canary is wrong",
    "canary0123456789ABCDEF0123456789abcdefghijkl",
    "Canary+/1aB2cD3eF4gH5iJ6kL7mN8/oP9qR0_sT==",
    "s\342\200\213k-canary",
    "sk-\302\255canary",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *clean = cap_redact (texts[i]);
      g_autofree char *lower = g_ascii_strdown (clean, -1);

      g_test_message ("%s", clean);
      g_assert_null (strstr (lower, "canary"));
    }
}

static void
what_is_no_key_stays (void)
{
  static const char *const texts[] = {
    "The realtime operation does not work with the specified model.",
    "input_audio_buffer_commit_empty",
    "unsupported_country_region_territory",
    "invalid_request_error.beta_api_shape_disabled",
    "conversation.item.input_audio_transcription.failed",
    "session.audio.input.transcription.language",
    "3f0d7a52-0b1c-4a77-9d0e-00c0ffee0000",
    "req_0123456789abcdef0123456789abcdef",
    "https://res.openai.azure.com/openai/v1/realtime?intent=transcription",
    "my-gpt-realtime-whisper-deployment-2026-02-01",
    "Systran/faster-distil-whisper-large-v3",
    "3F0D7a52-0b1c-4a77-9d0e-00c0ffee0000",
    "Your session hit the maximum duration of 60 minutes.",
    "keywords is not supported for this model",
    "na\303\257ve \360\237\230\200",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *clean = cap_redact (texts[i]);

      g_assert_cmpstr (clean, ==, texts[i]);
    }
}

static void
what_cannot_be_shown_is_dropped (void)
{
  g_autofree char *clean = cap_redact (" a\nb\033[31m\302\205c\342\200\256d\342\200\250e\xff ");
  g_autofree char *nothing = cap_redact (NULL);

  g_assert_cmpstr (clean, ==, "a b [31m cd e\357\277\275");
  g_assert_cmpstr (nothing, ==, "");
}

static void
shown_texts_are_short (void)
{
  g_autoptr (GString) text = g_string_new ("ab");
  g_autofree char *clean = NULL;

  for (int i = 0; i < 100 * 1000; i++)
    g_string_append (text, "\342\202\254");
  clean = cap_redact (text->str);

  g_assert_cmpuint (strlen (clean), ==, 299);
  g_assert_true (g_utf8_validate (clean, -1, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/realtime-event/current-sessions-are-understood", sessions_of_now_are_understood);
  g_test_add_func ("/realtime-event/the-session-type-is-recognised", sessions_of_the_other_type_say_so);
  g_test_add_func ("/realtime-event/flat-sessions-are-understood", flat_sessions_are_understood);
  g_test_add_func ("/realtime-event/vllm-is-understood", vllm_is_understood);
  g_test_add_func ("/realtime-event/turns-are-understood", turns_are_understood);
  g_test_add_func ("/realtime-event/text-is-not-changed", text_is_taken_as_it_is);
  g_test_add_func ("/realtime-event/missing-details-of-a-text-are-unknown",
                   what_is_not_said_of_a_text_is_unknown);
  g_test_add_func ("/realtime-event/speakers-are-understood", speakers_are_understood);
  g_test_add_func ("/realtime-event/errors-are-understood", errors_are_understood);
  g_test_add_func ("/realtime-event/unknown-events-are-ignored", unknown_events_are_of_no_interest);
  g_test_add_func ("/realtime-event/invalid-events-are-refused-without-repeating-them",
                   what_is_no_event_is_refused_without_repeating_it);
  g_test_add_func ("/realtime-event/long-strings-are-cut-between-characters",
                   lengths_are_bounded_at_whole_characters);
  g_test_add_func ("/realtime-event/bodies-of-all-shapes-are-understood",
                   bodies_of_all_shapes_are_understood);
  g_test_add_func ("/realtime-event/bodies-without-an-error-have-none", bodies_without_an_error_have_none);
  g_test_add_func ("/realtime-event/keys-are-removed-from-errors", errors_are_cleaned_of_keys);
  g_test_add_func ("/realtime-event/keys-are-masked", keys_are_masked);
  g_test_add_func ("/realtime-event/other-words-are-not-masked", what_is_no_key_stays);
  g_test_add_func ("/realtime-event/unprintable-characters-are-dropped", what_cannot_be_shown_is_dropped);
  g_test_add_func ("/realtime-event/shown-texts-are-short", shown_texts_are_short);

  return g_test_run ();
}
