/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The limits of one message from a server. */
#define CAP_JSON_MAX_BYTES (256 * 1024)
#define CAP_JSON_MAX_DEPTH 32

/* Parses @length bytes of @text. Before json-glib sees the text, this rejects
 * one that is too long, nested too deeply (json-glib 1.6 recurses until the
 * stack overflows) or not UTF-8. The error is CAP_ERROR_PROTOCOL_ERROR; its
 * message repeats no part of the text. NULL is an empty text. */
JsonNode *cap_json_parse (const char *text, gsize length, GError **error);

/* These functions look up a member by its path ("session.audio.input"). They
 * return NULL, or @fallback, when the member is missing, null, or of another
 * type. The result belongs to @node. */
JsonObject *cap_json_get_object (JsonNode *node, const char *path);
JsonArray *cap_json_get_array (JsonNode *node, const char *path);
const char *cap_json_get_string (JsonNode *node, const char *path);
/* Accepts a number, and a string that holds one. */
double cap_json_get_number (JsonNode *node, const char *path, double fallback);
/* Whether the member exists; it may be null. */
gboolean cap_json_has (JsonNode *node, const char *path);

/* Writes @node on one line, without white space between tokens. */
char *cap_json_to_text (JsonNode *node);

G_END_DECLS
