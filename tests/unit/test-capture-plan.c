/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "dbus/error.h"
#include "sound/capture-plan-private.h"
#include "sound/source-list.h"

/* A desktop with two outputs, a microphone and Firefox with two streams. */
enum
{
  SPEAKERS = 10,
  HEADSET = 20,
  MICROPHONE = 30,
  TAB_1 = 40,
  TAB_2 = 50,
  FILTER = 60,
  FIREFOX = 90,
};

static CapGraphNode *
add_node (CapGraphMirror *mirror, guint32 id, const char *media_class, const char *name)
{
  CapGraphNode *node = cap_graph_mirror_add_node (mirror, id);

  node->media_class = g_strdup (media_class);
  node->name = g_strdup (name);
  return node;
}

static void
add_port (CapGraphMirror *mirror, guint32 node, guint32 offset, gboolean output, gboolean monitor,
          const char *channel)
{
  CapGraphPort *port = cap_graph_mirror_add_port (mirror, node + offset);

  port->node = node;
  port->output = output;
  port->monitor = monitor;
  port->audio = TRUE;
  port->channel = g_strdup (channel);
}

static CapGraphMirror *
make_desktop (void)
{
  CapGraphMirror *mirror = cap_graph_mirror_new ();

  add_node (mirror, SPEAKERS, "Audio/Sink", "speakers")->description = g_strdup ("Big Speakers");
  add_port (mirror, SPEAKERS, 1, FALSE, FALSE, "FL");
  add_port (mirror, SPEAKERS, 2, TRUE, TRUE, "FL");
  add_port (mirror, SPEAKERS, 3, TRUE, TRUE, "FR");
  add_port (mirror, SPEAKERS, 4, TRUE, TRUE, "LFE");
  add_node (mirror, HEADSET, "Audio/Duplex", "headset");
  add_port (mirror, HEADSET, 1, TRUE, TRUE, "MONO");
  add_port (mirror, HEADSET, 2, TRUE, FALSE, "MONO");
  add_node (mirror, MICROPHONE, "Audio/Source/Virtual", "mic");
  add_port (mirror, MICROPHONE, 1, TRUE, FALSE, "MONO");
  add_port (mirror, MICROPHONE, 2, TRUE, TRUE, "MONO");

  cap_graph_mirror_add_client (mirror, FIREFOX)->binary = g_strdup ("firefox-bin");
  for (guint32 tab = TAB_1; tab <= TAB_2; tab += TAB_2 - TAB_1)
    {
      CapGraphNode *node = add_node (mirror, tab, "Stream/Output/Audio", "tab");

      node->client = FIREFOX;
      node->application.name = g_strdup ("Firefox");
      add_port (mirror, tab, 1, TRUE, FALSE, "FL");
      add_port (mirror, tab, 2, TRUE, FALSE, "FR");
    }
  CapGraphNode *filter = add_node (mirror, FILTER, "Stream/Output/Audio", "mic-to-speakers");
  filter->application.name = g_strdup ("Firefox");
  filter->piped = TRUE;
  add_port (mirror, FILTER, 1, TRUE, FALSE, "FL");

  mirror->managed = TRUE;
  mirror->default_sink = g_strdup ("speakers");
  mirror->default_source = g_strdup ("mic");
  return mirror;
}

static char *
plan_ports (const CapGraphMirror *mirror, const char *text, guint n_channels,
            const char *description)
{
  g_autoptr (CapSource) source = cap_source_parse (text, NULL);
  g_autoptr (CapCapturePlan) plan = cap_capture_plan_new (mirror, source);
  GString *ports = g_string_new (NULL);

  for (guint i = 0; i < plan->ports->len; i++)
    g_string_append_printf (ports, "%u ", g_array_index (plan->ports, guint32, i));
  g_assert_cmpuint (plan->n_channels, ==, n_channels);
  g_assert_cmpstr (plan->description, ==, description);
  g_assert_cmpint (plan->reason == NULL, ==, plan->ports->len > 0);
  if (plan->reason != NULL)
    g_assert_error (plan->reason, CAP_ERROR, CAP_ERROR_NO_SUCH_SOURCE);
  return g_string_free (ports, FALSE);
}

#define assert_plan(mirror, text, expected, n_channels, description)                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *ports = plan_ports (mirror, text, n_channels, description);                   \
    g_assert_cmpstr (ports, ==, expected);                                                         \
  }                                                                                                \
  G_STMT_END

static void
test_ports (void)
{
  g_autoptr (CapGraphMirror) mirror = make_desktop ();

  assert_plan (mirror, "system", "12 13 ", 2, "Big Speakers");
  assert_plan (mirror, "output:speakers", "12 13 ", 2, "Big Speakers");
  assert_plan (mirror, "output:headset", "21 ", 1, "headset");
  assert_plan (mirror, "input:headset", "22 ", 1, "headset");
  assert_plan (mirror, "microphone", "31 ", 1, "mic");
  assert_plan (mirror, "app:Firefox", "41 42 51 52 ", 2, "Firefox, 2 streams");
  assert_plan (mirror, "app:firefox-bin", "41 42 51 52 ", 2, "Firefox, 2 streams");
  assert_plan (mirror, "app:Chrome", "", 0, NULL);
  assert_plan (mirror, "input:speakers", "", 0, NULL);
  assert_plan (mirror, "output:mic", "", 0, NULL);
}

static void
test_defaults (void)
{
  g_autoptr (CapGraphMirror) mirror = make_desktop ();

  g_free (mirror->default_sink);
  mirror->default_sink = g_strdup ("headset");
  assert_plan (mirror, "system", "21 ", 1, "headset");

  /* A monitor that is the default input carries playback, not a microphone. */
  g_free (mirror->default_source);
  mirror->default_source = g_strdup ("speakers");
  assert_plan (mirror, "microphone", "", 0, NULL);

  g_clear_pointer (&mirror->default_sink, g_free);
  assert_plan (mirror, "system", "", 0, NULL);
}

static gboolean
allows (const CapGraphMirror *mirror, const char *text, guint32 node, guint32 port)
{
  g_autoptr (CapSource) source = cap_source_parse (text, NULL);
  CapGraphLink link = { .output_node = node, .output_port = port };

  return cap_capture_plan_allows (mirror, source, &link);
}

static void
test_allowed (void)
{
  g_autoptr (CapGraphMirror) mirror = make_desktop ();

  g_assert_true (allows (mirror, "system", SPEAKERS, SPEAKERS + 2));
  g_assert_true (allows (mirror, "system", SPEAKERS, SPEAKERS + 4));
  g_assert_false (allows (mirror, "system", SPEAKERS, SPEAKERS + 1));
  g_assert_false (allows (mirror, "system", HEADSET, HEADSET + 1));
  g_assert_false (allows (mirror, "system", MICROPHONE, MICROPHONE + 1));
  g_assert_false (allows (mirror, "output:headset", HEADSET, HEADSET + 2));
  g_assert_false (allows (mirror, "app:Firefox", SPEAKERS, SPEAKERS + 2));
  g_assert_false (allows (mirror, "app:Firefox", FILTER, FILTER + 1));
  g_assert_true (allows (mirror, "app:Firefox", TAB_2, TAB_2 + 1));
  /* An unknown port, and a port of another node. */
  g_assert_false (allows (mirror, "system", SPEAKERS, 999));
  g_assert_false (allows (mirror, "system", SPEAKERS, MICROPHONE + 1));
  g_assert_false (allows (mirror, "system", 999, SPEAKERS + 2));
}

static void
test_list (void)
{
  g_autoptr (CapGraphMirror) mirror = make_desktop ();
  g_autoptr (GVariant) list = g_variant_ref_sink (cap_source_list_new (mirror));
  const char *const ids[] = { "system",        "microphone", "output:speakers", "output:headset",
                              "input:headset", "input:mic",  "app:Firefox" };

  g_assert_cmpuint (g_variant_n_children (list), ==, G_N_ELEMENTS (ids));
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (list, i);
      const char *id;

      g_assert_true (g_variant_lookup (entry, "id", "&s", &id));
      g_assert_cmpstr (id, ==, ids[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/capture-plan/each source has the right ports", test_ports);
  g_test_add_func ("/capture-plan/defaults are followed", test_defaults);
  g_test_add_func ("/capture-plan/other links are forbidden", test_allowed);
  g_test_add_func ("/capture-plan/the list has one entry per source", test_list);
  return g_test_run ();
}
