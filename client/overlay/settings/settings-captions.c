/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/settings/settings-captions.h"
#include "overlay/service/offers.h"
#include "overlay/settings/choice-button.h"
#include "overlay/settings/default-row.h"
#include "overlay/text/language.h"

#include <glib/gi18n.h>

struct _CapSettingsCaptions
{
  CapSettingsPage parent_instance;

  CapCatalog *catalog;
  CapSubscription *subscription;

  CapSettingsGroup *speech;
  CapSettingsRow *source;
  CapSettingsRow *engine;
  CapSettingsRow *language;
  CapSettingsRow *tag; /* for a language that is not in the list */
  CapSettingsRow *translation;
  CapSettingsRow *fallback;
};

G_DEFINE_FINAL_TYPE (CapSettingsCaptions, cap_settings_captions, CAP_TYPE_SETTINGS_PAGE)

/* lifecycle */

static void
cap_settings_captions_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (cap_settings_captions_parent_class)->map (widget);

  cap_catalog_watch_sources (CAP_SETTINGS_CAPTIONS (widget)->catalog);
}

static void
cap_settings_captions_unmap (GtkWidget *widget)
{
  cap_catalog_unwatch_sources (CAP_SETTINGS_CAPTIONS (widget)->catalog);

  GTK_WIDGET_CLASS (cap_settings_captions_parent_class)->unmap (widget);
}

static void
cap_settings_captions_dispose (GObject *object)
{
  CapSettingsCaptions *self = CAP_SETTINGS_CAPTIONS (object);

  g_clear_object (&self->catalog);
  g_clear_object (&self->subscription);

  G_OBJECT_CLASS (cap_settings_captions_parent_class)->dispose (object);
}

static void
cap_settings_captions_class_init (CapSettingsCaptionsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cap_settings_captions_dispose;
  GTK_WIDGET_CLASS (klass)->map = cap_settings_captions_map;
  GTK_WIDGET_CLASS (klass)->unmap = cap_settings_captions_unmap;
}

static void
cap_settings_captions_init (CapSettingsCaptions *self)
{
}

/* from the service to the controls */

static CapChoiceButton *
get_button (CapSettingsRow *row)
{
  return CAP_CHOICE_BUTTON (cap_settings_row_get_control (row));
}

static void
offer (CapSettingsRow *row, GListModel *taken, const char *chosen)
{
  g_autoptr (GListModel) choices = taken;

  cap_choice_button_set_choices (get_button (row), choices);
  cap_choice_button_select (get_button (row), chosen);
}

static void
show_source (CapSettingsCaptions *self)
{
  const char *problem = cap_catalog_get_sources_problem (self->catalog);
  const char *chosen = cap_catalog_get_default (self->catalog, "source");

  offer (self->source, cap_offers_list_sources (cap_catalog_get_sources (self->catalog), chosen), chosen);
  /* The page shows this problem at its top. */
  if (cap_catalog_get_problem (self->catalog) != NULL)
    problem = NULL;
  cap_settings_row_set_explanation (self->source, problem != NULL ? problem : "");
}

static void
show_engine (CapSettingsCaptions *self)
{
  GVariant *engines = cap_catalog_get_engines (self->catalog);
  const char *chosen = cap_catalog_get_default (self->catalog, "engine");
  g_autoptr (GVariant) engine = cap_offers_find_engine (engines, chosen);
  g_autofree char *host = engine != NULL ? cap_offers_dup_text (engine, "host") : NULL;
  g_autofree char *reason = engine != NULL ? cap_offers_dup_text (engine, "reason") : NULL;
  g_autofree char *sentence = NULL;

  offer (self->engine, cap_offers_list_engines (engines, chosen), chosen);
  if (engine == NULL)
    sentence = g_strdup ("");
  else if (!cap_offers_is_ready (engine))
    sentence = g_strdup_printf (_("Not ready: %s"), reason);
  else if (*host != '\0')
    sentence = g_strdup_printf (_("Audio leaves this computer: it is sent to %s."), host);
  else
    sentence = g_strdup (_("Audio stays on this computer."));

  cap_settings_row_set_explanation (self->engine, sentence);
}

static void
show_language (CapSettingsCaptions *self)
{
  GVariant *engines = cap_catalog_get_engines (self->catalog);
  const char *engine = cap_catalog_get_default (self->catalog, "engine");
  const char *chosen = cap_catalog_get_default (self->catalog, "language");
  g_autoptr (GVariant) its = cap_offers_find_engine (engines, engine);

  offer (self->language, cap_offers_list_languages (engines, engine, chosen), chosen);
  cap_settings_row_set_explanation (self->language,
                                    cap_offers_understands (its, chosen)
                                        ? "" : _("The selected engine does not support this language."));
}

static void
show_translation (CapSettingsCaptions *self)
{
  const char *chosen = cap_catalog_get_default (self->catalog, "translate-to");
  g_autoptr (GVariant) engine = cap_offers_find_engine (cap_catalog_get_engines (self->catalog),
                                                        cap_catalog_get_default (self->catalog, "engine"));
  gboolean possible = *chosen != '\0' || cap_offers_translates (engine);

  offer (self->translation, cap_offers_list_translations (chosen), chosen);
  gtk_widget_set_sensitive (cap_settings_row_get_control (self->translation), possible);
  cap_settings_row_set_explanation (self->translation,
                                    possible ? "" : _("Translation is not available in this version."));
}

static void
show_fallback (CapSettingsCaptions *self)
{
  g_autoptr (GVariant) local = cap_offers_find_engine (cap_catalog_get_engines (self->catalog), "local");
  g_autofree char *languages = cap_offers_say_languages (local);
  const char *plain = _("While the service is unavailable, this computer recognises speech.");
  g_autofree char *named =
    /* Translators: names of languages, such as “English, German and 5 more”. */
    g_strdup_printf (_("While the service is unavailable, this computer recognises speech in %s."), languages);

  cap_settings_row_set_explanation (self->fallback, *languages != '\0' ? named : plain);
}

/* A change of settings does not affect a joined stream. */
static void
show_reach (CapSettingsCaptions *self)
{
  const char *joined = _("These captions belong to another program. "
                         "Changes apply to captions that you start yourself.");
  const char *own = _("Changes take effect immediately, even while captions are running.");

  cap_settings_group_set_explanation (self->speech,
                                      cap_subscription_is_joined (self->subscription) ? joined : own);
}

static void
on_changed (CapCatalog *catalog, CapSettingsCaptions *self)
{
  show_source (self);
  show_engine (self);
  show_language (self);
  show_translation (self);
  show_fallback (self);
}

static void
on_sources (CapCatalog *catalog, CapSettingsCaptions *self)
{
  show_source (self);
}

/* from the controls to the service */

static void
apply_one (CapSettingsCaptions *self, CapSettingsRow *row, const char *key, const char *value)
{
  g_auto (GVariantDict) changes = G_VARIANT_DICT_INIT (NULL);

  if (g_str_equal (cap_catalog_get_default (self->catalog, key), value))
    return;

  g_variant_dict_insert (&changes, key, "s", value);
  cap_default_apply (self->catalog, row, g_variant_dict_end (&changes));
}

static void
on_source (CapChoiceButton *button, const char *id, CapSettingsCaptions *self)
{
  apply_one (self, self->source, "source", id);
}

static void
on_engine (CapChoiceButton *button, const char *id, CapSettingsCaptions *self)
{
  cap_default_apply (self->catalog, self->engine,
                     cap_offers_choose_engine (cap_catalog_get_engines (self->catalog), id,
                                               cap_catalog_get_default (self->catalog, "language")));
}

static void
on_language (CapChoiceButton *button, const char *id, CapSettingsCaptions *self)
{
  gboolean other = g_str_equal (id, CAP_OFFERS_OTHER);

  gtk_widget_set_visible (GTK_WIDGET (self->tag), other);
  if (other)
    gtk_widget_grab_focus (cap_settings_row_get_control (self->tag));
  else
    apply_one (self, self->language, "language", id);
}

static void
on_tag (GtkEntry *entry, CapSettingsCaptions *self)
{
  g_autofree char *tag = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));

  if (!cap_language_is_tag (tag))
    cap_settings_row_set_problem (self->tag, _("Type a language code such as en, de-AT or zh-Hant."));
  else
    apply_one (self, self->tag, "language", tag);
}

static void
on_translation (CapChoiceButton *button, const char *id, CapSettingsCaptions *self)
{
  apply_one (self, self->translation, "translate-to", id);
}

/* The list should show the sources that are playing now. */
static void
on_enter (GtkEventController *controller, CapSettingsCaptions *self)
{
  cap_catalog_refresh_sources (self->catalog);
}

/* layout */

static CapSettingsRow *
new_choice (CapSettingsCaptions *self, const char *key, const char *title, GCallback callback)
{
  GtkWidget *button = cap_choice_button_new ();

  gtk_widget_set_name (button, key);
  g_signal_connect_object (button, "chosen", callback, self, 0);
  return CAP_SETTINGS_ROW (cap_settings_row_new (title, "", button));
}

static CapSettingsRow *
new_tag (CapSettingsCaptions *self)
{
  GtkWidget *entry = gtk_entry_new ();
  GtkWidget *row = cap_settings_row_new (_("Language _code"),
                                         _("Type a BCP 47 code such as en, de-AT or zh-Hant, "
                                           "then press Enter"),
                                         entry);

  gtk_widget_set_name (entry, "language-tag");
  gtk_entry_set_max_length (GTK_ENTRY (entry), 64);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 12);
  gtk_widget_set_visible (row, FALSE);
  g_signal_connect_object (entry, "activate", G_CALLBACK (on_tag), self, 0);
  return CAP_SETTINGS_ROW (row);
}

static void
add_speech (CapSettingsCaptions *self)
{
  GtkWidget *group = cap_settings_group_new (_("General"), "");
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->speech = CAP_SETTINGS_GROUP (group);
  self->source = new_choice (self, "source", _("Audio _source"), G_CALLBACK (on_source));
  self->engine = new_choice (self, "engine", _("Speech _recognition"), G_CALLBACK (on_engine));
  self->language = new_choice (self, "language", _("Spoken la_nguage"), G_CALLBACK (on_language));
  self->tag = new_tag (self);
  self->translation = new_choice (self, "translate-to", _("Translat_e to"), G_CALLBACK (on_translation));

  cap_choice_button_set_searched (get_button (self->language), TRUE);
  g_signal_connect_object (focus, "enter", G_CALLBACK (on_enter), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (get_button (self->source)), focus);

  cap_settings_group_add (CAP_SETTINGS_GROUP (group), GTK_WIDGET (self->source));
  cap_settings_group_add (CAP_SETTINGS_GROUP (group), GTK_WIDGET (self->engine));
  cap_settings_group_add (CAP_SETTINGS_GROUP (group), GTK_WIDGET (self->language));
  cap_settings_group_add (CAP_SETTINGS_GROUP (group), GTK_WIDGET (self->tag));
  cap_settings_group_add (CAP_SETTINGS_GROUP (group), GTK_WIDGET (self->translation));
  cap_settings_page_add (CAP_SETTINGS_PAGE (self), group);
}

static void
add_services (CapSettingsCaptions *self)
{
  GtkWidget *group = cap_settings_group_new (_("When using a speech service"), "");

  self->fallback = CAP_SETTINGS_ROW (cap_default_switch_new (self->catalog, "fallback",
                                                             _("S_witch to the local engine"), ""));
  cap_settings_group_add (CAP_SETTINGS_GROUP (group), GTK_WIDGET (self->fallback));
  cap_settings_group_add (
      CAP_SETTINGS_GROUP (group),
      cap_default_number_new (self->catalog, "daily-minutes", _("_Daily limit"),
                              _("Minutes of speech sent to services per day; 0 means no limit"),
                              0, 1440, 10));
  cap_settings_page_add (CAP_SETTINGS_PAGE (self), group);
}

static void
add_advanced (CapSettingsCaptions *self)
{
  GtkWidget *group = cap_settings_group_new_folded (_("_Advanced"));

  cap_settings_group_add (
      CAP_SETTINGS_GROUP (group),
      cap_default_number_new (self->catalog, "fallback-seconds", _("Switch to the _local engine after"),
                              _("In seconds. The service takes over again when it is back."), 1, 600, 1));
  cap_settings_group_add (
      CAP_SETTINGS_GROUP (group),
      cap_default_number_new (self->catalog, "session-idle-seconds",
                              _("Close _idle connections after"),
                              _("In seconds. Speech opens a new connection, and none of it is lost."),
                              10, 3600, 10));
  cap_settings_group_add (
      CAP_SETTINGS_GROUP (group),
      cap_default_number_new (self->catalog, "audio-kept-seconds",
                              _("Audio _buffer"),
                              _("Seconds of audio kept in memory while a service is slow or unreachable. "
                                "Older audio is lost."),
                              15, 600, 15));
  cap_settings_page_add (CAP_SETTINGS_PAGE (self), group);
}

/* public */

GtkWidget *
cap_settings_captions_new (CapCatalog *catalog, CapSubscription *subscription)
{
  CapSettingsCaptions *self;

  g_return_val_if_fail (CAP_IS_CATALOG (catalog), NULL);
  g_return_val_if_fail (CAP_IS_SUBSCRIPTION (subscription), NULL);

  self = g_object_new (CAP_TYPE_SETTINGS_CAPTIONS, NULL);
  self->catalog = g_object_ref (catalog);
  self->subscription = g_object_ref (subscription);
  add_speech (self);
  add_services (self);
  add_advanced (self);
  g_signal_connect_object (catalog, "changed::defaults", G_CALLBACK (on_changed), self, 0);
  g_signal_connect_object (catalog, "changed::engines", G_CALLBACK (on_changed), self, 0);
  g_signal_connect_object (catalog, "changed::sources", G_CALLBACK (on_sources), self, 0);
  g_signal_connect_object (subscription, "state", G_CALLBACK (show_reach), self, G_CONNECT_SWAPPED);
  show_reach (self);
  on_changed (catalog, self);
  return GTK_WIDGET (self);
}
