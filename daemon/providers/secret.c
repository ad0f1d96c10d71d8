/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "providers/secret.h"
#include "dbus/error.h"

#include <string.h>
#include <sys/mman.h>

#define MAX_LENGTH (16 * 1024)

/* struct */

/* Has memory pages of its own because the kernel locks whole pages. */
struct _CapSecret
{
  gatomicrefcount ref_count;
  gint64 expiry;
  gsize size; /* of the mapping */
  char text[];
};

/* private methods */

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

static gsize
first_line (const char **text, gsize length)
{
  const char *start = *text;
  const char *end = start;

  while (end < start + length && *end != '\n' && *end != '\r' && *end != '\0')
    end++;
  while (start < end && is_blank (*start))
    start++;
  while (end > start && is_blank (end[-1]))
    end--;

  *text = start;
  return end - start;
}

static gboolean
check (const char *text, gsize length, GError **error)
{
  const char *wrong = NULL;

  if (length == 0)
    wrong = "The key is empty. Enter the key that the service gave you.";
  else if (length > MAX_LENGTH)
    wrong = "The key is longer than 16 KiB, so it cannot be a key. Copy only the key itself.";
  for (gsize i = 0; wrong == NULL && i < length; i++)
    if (text[i] < ' ' || text[i] > '~')
      wrong = "The key contains characters that no key has. Copy only the key itself.";

  if (wrong != NULL)
    g_set_error_literal (error, CAP_ERROR, CAP_ERROR_INVALID_OPTION, wrong);
  return wrong == NULL;
}

static CapSecret *
map (gsize size)
{
  CapSecret *self = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (self == MAP_FAILED)
    g_error ("There is no memory left for a key.");
  /* The system may refuse both; the key works without them. */
  (void) mlock (self, size);
  (void) madvise (self, size, MADV_DONTDUMP);
  self->size = size;
  return self;
}

/* public methods */

CapSecret *
cap_secret_new (const char *text, gssize length, GError **error)
{
  CapSecret *self;
  gsize n;

  g_return_val_if_fail (text != NULL, NULL);

  n = first_line (&text, length < 0 ? strlen (text) : (gsize) length);
  if (!check (text, n, error))
    return NULL;

  self = map (sizeof (CapSecret) + n + 1);
  g_atomic_ref_count_init (&self->ref_count);
  memcpy (self->text, text, n);
  return self;
}

CapSecret *
cap_secret_ref (CapSecret *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
cap_secret_unref (CapSecret *self)
{
  gsize size;

  g_return_if_fail (self != NULL);

  size = self->size;
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  explicit_bzero (self, size);
  munmap (self, size);
}

const char *
cap_secret_peek (CapSecret *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->text;
}

gint64
cap_secret_get_expiry (CapSecret *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->expiry;
}

void
cap_secret_set_expiry (CapSecret *self, gint64 expiry)
{
  g_return_if_fail (self != NULL);

  self->expiry = expiry;
}
