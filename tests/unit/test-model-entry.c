/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "dbus/error.h"
#include "models/entry.h"
#include "models/paths.h"

#include <string.h>

#define DIGEST "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef"
#define MODEL                                                                                       \
  "[Model]\nName=Zipformer, English\nLanguages=en;\nRecogniser=sherpa-onnx\nForm=zipformer\n"        \
  "License=Apache-2.0\nLicenseAddress=https://license.example/\n"
#define MODEL_FILE                                                                                  \
  "[File model.tar.bz2]\nAddress=https://one.example/m;https://two.example/m\nSize=12345\nSHA256=" DIGEST "\n"

static CapModelEntry *
parse (const char *text, const char *machine, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return cap_model_entry_new ("zipformer-en", bytes, machine, error);
}

static void
assert_refused (const char *text, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CapModelEntry) entry = parse (text, "x86_64", &error);

  g_test_message ("%s", text);
  g_assert_null (entry);
  g_assert_error (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION);
  if (!g_str_has_prefix (error->message, message))
    g_error ("“%s” does not begin with “%s”", error->message, message);
}

static void
test_a_whole_entry (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CapModelEntry) entry = parse (MODEL
    "Needs=sherpa-onnx-library;\nAttribution=By its makers\nNotice=Only for tests.\nMemory=300000000\n"
    "Case=true\nPunctuation=true\nStreams=true\nWordErrors=6.1\nWordErrorsSource=https://paper.example/1\n"
    "WordErrorsOn=test-clean\nLater=ignored\n" MODEL_FILE
    "Unpack=true\nStrip=1\nKeep=*.onnx;tokens.txt\n"
    "[Settings]\nEncoder=encoder.int8.onnx\n[Later]\nKey=1\n", "x86_64", &error);
  const CapModelFile *file;
  const char *encoder;

  g_assert_no_error (error);
  g_assert_cmpstr (entry->id, ==, "zipformer-en");
  g_assert_cmpstr (entry->name, ==, "Zipformer, English");
  g_assert_cmpint (entry->kind, ==, CAP_MODEL_KIND_MODEL);
  g_assert_cmpstr (entry->languages[0], ==, "en");
  g_assert_cmpstr (entry->needs[0], ==, "sherpa-onnx-library");
  g_assert_cmpuint (entry->memory, ==, 300000000);
  g_assert_true (entry->has_case && entry->punctuation && entry->streams && entry->fits);
  g_assert_cmpfloat (entry->word_errors, ==, 6.1);
  g_assert_true (g_variant_lookup (entry->settings, "Encoder", "&s", &encoder));
  g_assert_cmpstr (encoder, ==, "encoder.int8.onnx");
  g_assert_cmpuint (cap_model_entry_get_download_size (entry), ==, 12345);

  file = g_ptr_array_index (entry->files, 0);
  g_assert_cmpstr (file->name, ==, "model.tar.bz2");
  g_assert_cmpstr (file->addresses[1], ==, "https://two.example/m");
  g_assert_cmpstr (file->sha256, ==, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
  g_assert_true (file->unpack);
  g_assert_cmpuint (file->strip, ==, 1);
  g_assert_cmpstr (file->keep[1], ==, "tokens.txt");
}

static void
test_the_least_entry (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CapModelEntry) entry = parse (MODEL MODEL_FILE, "x86_64", &error);
  const CapModelFile *file;

  g_assert_no_error (error);
  g_assert_cmpstr (entry->notice, ==, "");
  g_assert_null (entry->needs[0]);
  g_assert_cmpfloat (entry->word_errors, <, 0);
  g_assert_false (entry->has_case || entry->punctuation || entry->streams);
  g_assert_cmpuint (g_variant_n_children (entry->settings), ==, 0);
  file = g_ptr_array_index (entry->files, 0);
  g_assert_false (file->unpack);
  g_assert_null (file->keep[0]);
}

static void
test_machines (void)
{
  const char *text = MODEL
    "[File x.so]\nAddress=https://one.example/x\nSize=1\nSHA256=" DIGEST "\nArchitecture=x86_64\n"
    "[File a.so]\nAddress=https://one.example/a\nSize=2\nSHA256=" DIGEST "\nArchitecture=aarch64\n"
    "[File any]\nAddress=https://one.example/any\nSize=4\nSHA256=" DIGEST "\n";
  const struct
  {
    const char *machine;
    guint64 size;
    gboolean fits;
  } rows[] = { { "x86_64", 5, TRUE }, { "aarch64", 6, TRUE }, { "riscv64", 4, FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CapModelEntry) entry = parse (text, rows[i].machine, NULL);

      g_assert_cmpuint (cap_model_entry_get_download_size (entry), ==, rows[i].size);
      g_assert_cmpint (entry->fits, ==, rows[i].fits);
    }
}

static void
test_languages (void)
{
  g_autoptr (CapModelEntry) entry = parse (MODEL MODEL_FILE, NULL, NULL);

}

static void
test_faults (void)
{
  const char *required[] = { "Name", "Languages", "Recogniser", "Form", "License", "LicenseAddress" };
  g_autofree char *long_name = g_strnfill (101, 'x');
  g_autofree char *too_long = g_strconcat (MODEL "Name=", long_name, "\n" MODEL_FILE, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (required); i++)
    {
      g_autoptr (GKeyFile) file = g_key_file_new ();
      g_autofree char *message = g_strdup_printf ("[Model] %s: is missing", required[i]);
      g_autofree char *text = NULL;

      g_assert_true (g_key_file_load_from_data (file, MODEL MODEL_FILE, -1, G_KEY_FILE_NONE, NULL));
      g_key_file_remove_key (file, "Model", required[i], NULL);
      text = g_key_file_to_data (file, NULL, NULL);
      assert_refused (text, strcmp (required[i], "Recogniser") && strcmp (required[i], "Form")
                              ? message : "[Model] ");
    }

  assert_refused ("", "[Model]");
  assert_refused ("no keyfile", "[Model]: the file cannot be read");
  assert_refused (MODEL, "[File NAME]: there is no file");
  assert_refused (too_long, "[Model] Name: is too long");
  assert_refused (MODEL "Name=a\\tb\n" MODEL_FILE, "[Model] Name: is too long, or contains control");
  assert_refused (MODEL "Kind=tune\n" MODEL_FILE, "[Model] Kind");
  assert_refused (MODEL "Languages=en us;\n" MODEL_FILE, "[Model] Languages");
  assert_refused (MODEL "Needs=../up;\n" MODEL_FILE, "[Model] Needs");
  assert_refused (MODEL "LicenseAddress=file:///etc/passwd\n" MODEL_FILE, "[Model] LicenseAddress");
  assert_refused (MODEL "Memory=-1\n" MODEL_FILE, "[Model] Memory");
  assert_refused (MODEL "Case=perhaps\n" MODEL_FILE, "[Model] Case");
  assert_refused (MODEL "WordErrors=nan\n" MODEL_FILE, "[Model] WordErrors");
}

static void
test_faults_of_files (void)
{
  const char *names[] = { "a/b", "..", ".hidden", "manifest", "entry.model", "x.part", "x.etag", "a b", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *text = g_strdup_printf (
        MODEL "[File %s]\nAddress=https://one.example/m\nSize=1\nSHA256=" DIGEST "\n", names[i]);
      g_autofree char *message = g_strdup_printf ("[File %s] ", names[i]);

      assert_refused (text, message);
    }

  assert_refused (MODEL MODEL_FILE "Size=0\n", "[File model.tar.bz2] Size");
  assert_refused (MODEL MODEL_FILE "Size=8589934593\n", "[File model.tar.bz2] Size");
  assert_refused (MODEL MODEL_FILE "Size=many\n", "[File model.tar.bz2] Size");
  assert_refused (MODEL MODEL_FILE "SHA256=1234\n", "[File model.tar.bz2] SHA256");
  assert_refused (MODEL MODEL_FILE "Address=ftp://one.example/m\n", "[File model.tar.bz2] Address");
  assert_refused (MODEL MODEL_FILE "Address=https://user:word@one.example/m\n", "[File model.tar.bz2] Address");
  assert_refused (MODEL MODEL_FILE "Address=https:///m\n", "[File model.tar.bz2] Address");
  assert_refused (MODEL MODEL_FILE "Address=\n", "[File model.tar.bz2] Address: is missing");
  assert_refused (MODEL MODEL_FILE "Strip=17\n", "[File model.tar.bz2] Strip");
  assert_refused (MODEL MODEL_FILE "Architecture=z80\n", "[File model.tar.bz2] Architecture");
}

static void
test_limits_of_lists (void)
{
  g_autoptr (GString) files = g_string_new (MODEL);
  g_autoptr (GString) settings = g_string_new (MODEL MODEL_FILE "[Settings]\n");
  g_autoptr (GString) large = g_string_new (MODEL MODEL_FILE);

  for (int i = 0; i < 33; i++)
    g_string_append_printf (files, "[File f%d]\nAddress=https://one.example/\nSize=1\nSHA256=" DIGEST "\n", i);
  for (int i = 0; i < 65; i++)
    g_string_append_printf (settings, "Key%d=1\n", i);
  while (large->len <= CAP_MODEL_ENTRY_BYTES)
    g_string_append (large, "# fill\n");
  assert_refused (files->str, "[File f32] Address: more than 32");
  assert_refused (settings->str, "[Settings] Key0: more than 64");
  assert_refused (large->str, "[Model]: the file cannot be read: it is too long");
}

static void
test_ids (void)
{
  g_autofree char *longest = g_strnfill (64, 'a');
  g_autofree char *too_long = g_strnfill (65, 'a');
  const char *bad[] = { "", "A", ".partial", "-a", "a/b", "a b", "a\n", "..", "a.old", "a.removed", too_long };

  g_assert_true (cap_model_entry_is_id ("a"));
  g_assert_true (cap_model_entry_is_id ("zipformer-en.2"));
  g_assert_true (cap_model_entry_is_id (longest));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (cap_model_entry_is_id (bad[i]));
}

static void
test_paths_of_members (void)
{
  g_autofree char *longest = g_strnfill (255, 'a');
  g_autofree char *too_long = g_strnfill (256, 'a');
  const char *good[] = { "a", "a/b.c", "a b", "-rf", "ä/ö", "...", "a/manifest", longest };
  const char *bad[] = { "", "/", "/a", "a//b", "a/", ".", "./a", "..", "a/../b", "a\nb", "a/\x1b[m", "\xff", "manifest",
                        "Entry.Model", "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", too_long, "\xc2\x85" };
  g_autofree char *clean = cap_member_path_clean ("./a//b/./c/");

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (cap_member_path_is_safe (good[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (cap_member_path_is_safe (bad[i]));

  g_assert_cmpstr (clean, ==, "a/b/c");
  g_assert_null (cap_member_path_clean ("/a"));
  g_assert_null (cap_member_path_clean ("a/.."));
  g_assert_cmpstr (cap_member_path_strip ("a/b/c", 0), ==, "a/b/c");
  g_assert_cmpstr (cap_member_path_strip ("a/b/c", 2), ==, "c");
  g_assert_null (cap_member_path_strip ("a/b/c", 3));
  g_assert_null (cap_member_path_strip ("", 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model-entry/whole", test_a_whole_entry);
  g_test_add_func ("/model-entry/least", test_the_least_entry);
  g_test_add_func ("/model-entry/machines", test_machines);
  g_test_add_func ("/model-entry/languages", test_languages);
  g_test_add_func ("/model-entry/faults", test_faults);
  g_test_add_func ("/model-entry/faults-of-files", test_faults_of_files);
  g_test_add_func ("/model-entry/limits-of-lists", test_limits_of_lists);
  g_test_add_func ("/model-entry/ids", test_ids);
  g_test_add_func ("/model-entry/paths", test_paths_of_members);
  return g_test_run ();
}
