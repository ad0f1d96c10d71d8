/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors
 *
 * Pictures of captions in every look and many scripts, for people to look at:
 * caption-pictures FOLDER. */

#include "overlay/captions/caption-view.h"
#include "overlay/window/status-bar.h"
#include "tools/picture.h"

#include <math.h>

#define WIDTH 900
#define HEIGHT 300

typedef struct
{
  GSettings *settings;
  CapRoll *roll;
  GtkWidget *backdrop, *view, *bar, *overlay;
  const char *folder;
  gboolean bright;
  guint64 serial;
} Studio;

typedef struct
{
  const char *name;
  const char *texts[4]; /* the last one is not final */
} Scene;

static const Scene scenes[] = {
  { "latin", { "The harbour was quiet that morning, and Ångström jotted it all down.",
               "“Why,” she asked, “would anybody go (again)?”", "Because they want to see how it en" } },
  { "arabic", { "كان الميناء هادئًا في ذلك الصباح، وكتب كلُّ شيءٍ بخطٍّ جميل.", "لماذا يعود أحدٌ إلى هناك؟",
                "لأنهم يريدون أن" } },
  { "hebrew", { "הנמל היה שקט באותו בוקר, והוא רשם הכול במחברת.", "„למה,” שאלה, „לחזור לשם?”", "כי הם רוצים" } },
  { "devanagari", { "उस सुबह बंदरगाह शांत था, और उसने सब कुछ लिख लिया।", "“कोई वहाँ फिर क्यों जाएगा?” उसने पूछा।",
                    "क्योंकि वे देखना चाहते" } },
  { "thai", { "เช้าวันนั้นท่าเรือเงียบสงบ และเขาก็จดทุกอย่างไว้ในสมุดที่อยู่ใต้กี่ปู้", "ทำไมใครจะกลับไปที่นั่นอีกเล่า",
              "เพราะพวกเขาอยาก" } },
  { "japanese", { "その朝、港は静かで、彼はすべてをノートに書き留めました。誰もいませんでした。", "「なぜまた行くのですか」と彼女は尋ねた。",
                  "見てみたいから" } },
  { "chinese", { "那天早上港口很安静，他把一切都记在了本子里。没有人说话。", "“为什么还有人想再去呢？”她问道。", "因为他们想" } },
  { "mixed", { "The word for peace is سلام in Arabic, שלום in Hebrew, 平和 in Japanese 🕊.",
               "هو قال “captiond 2.0” وذهب.", "Zażółć gęślą jaźń, Việt Nam, Ελλάδα, Москва" } },
  { "urdu", { "یہ اُردو نستعلیق میں لکھا ہوا ایک جملہ ہے جو کافی لمبا ہے۔", "کیا یہ ٹھیک نظر آتا ہے؟", "جی ہاں" } },
};

/* Imitates a photograph: a bright sky, hard edges, and much detail. */
static void
draw_bright (cairo_t *cr, int width, int height)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  cairo_pattern_t *sky = cairo_pattern_create_linear (0, 0, 0, height);

  cairo_pattern_add_color_stop_rgb (sky, 0, 0.75, 0.88, 1);
  cairo_pattern_add_color_stop_rgb (sky, 0.5, 1, 1, 1);
  cairo_pattern_add_color_stop_rgb (sky, 1, 0.95, 0.85, 0.6);
  cairo_set_source (cr, sky);
  cairo_paint (cr);
  cairo_pattern_destroy (sky);

  for (guint i = 0; i < 900; i++)
    {
      double gray = g_rand_double_range (random, 0.3, 1);

      cairo_set_source_rgba (cr, gray, gray * g_rand_double_range (random, 0.8, 1), gray * 0.9, 0.7);
      cairo_arc (cr, g_rand_double_range (random, 0, width), g_rand_double_range (random, height * 0.4, height),
                 g_rand_double_range (random, 2, 16), 0, 2 * G_PI);
      cairo_fill (cr);
    }
}

static void
draw_dark (cairo_t *cr, int width, int height)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  cairo_set_source_rgb (cr, 0.05, 0.06, 0.09);
  cairo_paint (cr);
  for (guint i = 0; i < 80; i++)
    {
      cairo_set_source_rgba (cr, 0.5, 0.4, 0.2, 0.4);
      cairo_arc (cr, g_rand_double_range (random, 0, width), g_rand_double_range (random, 0, height),
                 g_rand_double_range (random, 1, 12), 0, 2 * G_PI);
      cairo_fill (cr);
    }
}

static void
draw_backdrop (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  Studio *self = data;

  if (self->bright)
    draw_bright (cr, width, height);
  else
    draw_dark (cr, width, height);
}

static void
put (Studio *self, const char *text, gboolean final, GVariant *details)
{
  gint64 id = ++self->serial;
  g_autoptr (GVariant) row = g_variant_ref_sink (
      g_variant_new ("(ttsbxx@a{sv})", id, id, text, final, id, id + 1, details));
  g_autoptr (CapSegment) segment = cap_segment_new (row);

  cap_roll_add (self->roll, segment, g_get_monotonic_time ());
}

static GVariant *
make_details (const char *key, const char *value, const char *speaker)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  if (key != NULL)
    g_variant_dict_insert (&dict, key, "s", value);
  if (speaker != NULL)
    g_variant_dict_insert (&dict, "speaker", "s", speaker);
  return g_variant_dict_end (&dict);
}

static void
show (Studio *self, const Scene *scene)
{
  cap_roll_clear (self->roll);
  for (guint i = 0; i < G_N_ELEMENTS (scene->texts) && scene->texts[i] != NULL; i++)
    put (self, scene->texts[i], i < 2, make_details (NULL, NULL, NULL));
}

static void
use_preset (Studio *self, const char *id, gboolean bright)
{
  g_autoptr (CapLook) look = NULL;

  cap_look_apply_preset (self->settings, id);
  look = cap_look_new (self->settings);
  cap_roll_set_options (self->roll, &look->roll);
  cap_caption_view_set_look (CAP_CAPTION_VIEW (self->view), look);
  cap_status_bar_set_look (CAP_STATUS_BAR (self->bar), look);
  self->bright = bright;
  gtk_widget_queue_draw (self->backdrop);
}

static void
take (Studio *self, const char *name)
{
  g_autofree char *path = g_strdup_printf ("%s/%s.png", self->folder, name);
  g_autoptr (Picture) picture = NULL;

  picture_wait (self->overlay);
  picture_wait (self->overlay);
  picture = picture_new_of_children (self->overlay);
  if (!picture_save (picture, path))
    g_error ("%s could not be written", path);
}

static void
take_scripts (Studio *self)
{
  use_preset (self, "standard", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (scenes); i++)
    {
      g_autofree char *name = g_strdup_printf ("script-%s", scenes[i].name);

      show (self, &scenes[i]);
      take (self, name);
    }
}

static void
take_presets (Studio *self)
{
  const char *const *ids = cap_look_list_presets ();

  for (guint i = 0; ids[i] != NULL; i++)
    for (guint bright = 0; bright < 2; bright++)
      {
        g_autofree char *name = g_strdup_printf ("look-%s-%s", ids[i], bright ? "bright" : "dark");
        const CapStatus status = { CAP_STATUS_QUIET, "", "api.example.com", NULL, FALSE, FALSE };

        use_preset (self, ids[i], bright);
        cap_status_bar_set_status (CAP_STATUS_BAR (self->bar), &status);
        cap_roll_clear (self->roll);
        put (self, "The harbour was quiet that morning.", TRUE,
             make_details ("translation", "Der Hafen war still an jenem Morgen.", NULL));
        put (self, "And where is everybody el", FALSE, make_details (NULL, NULL, NULL));
        take (self, name);
      }
}

static void
take_speakers (Studio *self)
{
  const char *const speakers[] = { "A", "B", "C", "D", "E", "F" };
  const char *const ids[] = { "standard", "light", "outline" };

  g_settings_set_uint (self->settings, "lines", 6);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *name = g_strdup_printf ("speakers-%s", ids[i]);

      use_preset (self, ids[i], TRUE);
      cap_roll_clear (self->roll);
      for (guint s = 0; s < G_N_ELEMENTS (speakers); s++)
        {
          g_autofree char *text = g_strdup_printf ("I am the one who speaks in colour %u", s + 1);

          put (self, text, s % 2 == 0, make_details (NULL, NULL, speakers[s]));
        }
      take (self, name);
    }
  g_settings_reset (self->settings, "lines");
}

static void
take_states (Studio *self)
{
  const struct { const char *name; CapStatus status; } states[] = {
    { "connecting", { CAP_STATUS_WORKING, "Connecting to api.example.com…", "api.example.com",
                      "emblem-synchronizing-symbolic" } },
    { "waiting", { CAP_STATUS_WAITING, "Listening to computer audio. Nothing has been said yet.", "", "audio-input-microphone-symbolic" } },
    { "failed", { CAP_STATUS_FAILED,
                  "The speech service rejected the key. Enter the correct key in the settings. Details: "
                  "api.example.com did not accept the key: it is wrong, has expired, or belongs to another "
                  "address.", "api.example.com", "dialog-warning-symbolic", TRUE, TRUE } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    for (guint bright = 0; bright < 2; bright++)
      {
        g_autofree char *name = g_strdup_printf ("state-%s-%s", states[i].name, bright ? "bright" : "light-look");

        use_preset (self, bright ? "standard" : "light", bright);
        show (self, &scenes[0]);
        cap_status_bar_set_status (CAP_STATUS_BAR (self->bar), &states[i].status);
        cap_status_bar_set_clickable (CAP_STATUS_BAR (self->bar), TRUE);
        cap_status_bar_show_level (CAP_STATUS_BAR (self->bar), TRUE);
        cap_status_bar_set_level (CAP_STATUS_BAR (self->bar), -25);
        take (self, name);
      }
}

int
main (int argc, char **argv)
{
  Studio self = { .folder = argc > 1 ? argv[1] : "." };
  GtkWidget *box;
  GtkWindow *window;

  gtk_init ();
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  g_mkdir_with_parents (self.folder, 0777);
  self.settings = g_settings_new ("org.captiond.Overlay");
  self.roll = cap_roll_new ();
  self.view = cap_caption_view_new (self.roll);
  self.bar = cap_status_bar_new ();
  self.backdrop = gtk_drawing_area_new ();
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self.backdrop), draw_backdrop, &self, NULL);
  self.overlay = gtk_overlay_new ();
  gtk_overlay_set_child (GTK_OVERLAY (self.overlay), self.backdrop);

  gtk_widget_set_margin_start (box, 60);
  gtk_widget_set_margin_end (box, 60);
  gtk_widget_set_margin_bottom (box, 20);
  gtk_widget_set_valign (box, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (box), self.bar);
  gtk_box_append (GTK_BOX (box), self.view);
  gtk_overlay_add_overlay (GTK_OVERLAY (self.overlay), box);
  use_preset (&self, "standard", TRUE);
  window = picture_open_window (self.overlay, WIDTH, HEIGHT);

  take_scripts (&self);
  take_presets (&self);
  take_speakers (&self);
  take_states (&self);

  gtk_window_destroy (window);
  g_object_unref (self.roll);
  g_object_unref (self.settings);
  return 0;
}
