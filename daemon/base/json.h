/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What a server may send in one message. */
#define CAP_JSON_MAX_BYTES (256 * 1024)
#define CAP_JSON_MAX_DEPTH 32

/* Parses @text. Refuses, before json-glib sees it, what is too long, nested
 * too deep (json-glib 1.6 recurses until the stack ends) or not UTF-8:
 * CAP_ERROR_PROTOCOL_ERROR, with no word of the text in the message. */
JsonNode *cap_json_parse (const char *text, gsize length, GError **error);

/* Members by path ("session.audio.input"), each forgiving: NULL, 0, or the
 * fallback when it is not there, null, or of another type. Strings are valid as
 * long as @node is. */
JsonObject *cap_json_get_object (JsonNode *node, const char *path);
JsonArray *cap_json_get_array (JsonNode *node, const char *path);
const char *cap_json_get_string (JsonNode *node, const char *path);
/* A number, or a string that is one. */
double cap_json_get_number (JsonNode *node, const char *path, double fallback);
/* Whether there is such a member, be it null. */
gboolean cap_json_has (JsonNode *node, const char *path);

/* One line, no blanks. */
char *cap_json_to_text (JsonNode *node);

G_END_DECLS
