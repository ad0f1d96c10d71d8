/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors
 *
 * To be preloaded: counts what a realtime thread must not do, inside our
 * process callback and nowhere else. The callback is recognised by the call
 * that begins it and the one that ends it; what PipeWire's own code does on
 * that thread is not ours to judge. */

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pw_stream;
struct pw_buffer;
struct pw_buffer *pw_stream_dequeue_buffer (struct pw_stream *stream);
int pw_stream_queue_buffer (struct pw_stream *stream, struct pw_buffer *buffer);

extern void *__libc_malloc (size_t size);
extern void *__libc_calloc (size_t n, size_t size);
extern void *__libc_realloc (void *memory, size_t size);
extern void __libc_free (void *memory);

static __thread int inside __attribute__ ((tls_model ("initial-exec")));
static unsigned callbacks, allocations, locks;

static void
count (unsigned *counter)
{
  if (inside)
    __atomic_add_fetch (counter, 1, __ATOMIC_RELAXED);
}

struct pw_buffer *
pw_stream_dequeue_buffer (struct pw_stream *stream)
{
  static struct pw_buffer *(*real) (struct pw_stream *);
  struct pw_buffer *buffer;

  if (real == NULL)
    real = (struct pw_buffer * (*) (struct pw_stream *)) dlsym (RTLD_NEXT, __func__);
  __atomic_add_fetch (&callbacks, 1, __ATOMIC_RELAXED);
  inside = 1;
  buffer = real (stream);
  /* Without a buffer, the process callback returns early and queues none. */
  inside = buffer != NULL;
  return buffer;
}

int
pw_stream_queue_buffer (struct pw_stream *stream, struct pw_buffer *buffer)
{
  static int (*real) (struct pw_stream *, struct pw_buffer *);
  int result;

  if (real == NULL)
    real = (int (*) (struct pw_stream *, struct pw_buffer *)) dlsym (RTLD_NEXT, __func__);
  result = real (stream, buffer);
  inside = 0;
  return result;
}

void *
malloc (size_t size)
{
  count (&allocations);
  return __libc_malloc (size);
}

void *
calloc (size_t n, size_t size)
{
  count (&allocations);
  return __libc_calloc (n, size);
}

void *
realloc (void *memory, size_t size)
{
  count (&allocations);
  return __libc_realloc (memory, size);
}

void
free (void *memory)
{
  count (&allocations);
  __libc_free (memory);
}

int
pthread_mutex_lock (pthread_mutex_t *mutex)
{
  static int (*real) (pthread_mutex_t *);

  if (real == NULL)
    real = (int (*) (pthread_mutex_t *)) dlsym (RTLD_NEXT, __func__);
  count (&locks);
  return real (mutex);
}

__attribute__ ((destructor)) static void
tell (void)
{
  const char *path = getenv ("RT_GUARD_REPORT");
  FILE *file = path != NULL ? fopen (path, "w") : NULL;

  if (file == NULL)
    return;
  fprintf (file, "{\"callbacks\": %u, \"allocations\": %u, \"locks\": %u}\n", callbacks,
           allocations, locks);
  fclose (file);
}
