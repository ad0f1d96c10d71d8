/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/window/wayland-probe.h"

#ifdef CAP_HAVE_LAYER_SHELL

#include <wayland-client.h>

static void
on_global (void *data, struct wl_registry *registry, uint32_t name, const char *interface, uint32_t version)
{
  gboolean *found = data;

  if (g_str_equal (interface, "zwlr_layer_shell_v1"))
    *found = TRUE;
}

static void
on_global_remove (void *data, struct wl_registry *registry, uint32_t name)
{
}

static const struct wl_registry_listener listener = { on_global, on_global_remove };

gboolean
cap_wayland_has_layers (void)
{
  struct wl_display *display = wl_display_connect (NULL);
  struct wl_registry *registry;
  gboolean found = FALSE;

  if (display == NULL)
    return FALSE;

  registry = wl_display_get_registry (display);
  wl_registry_add_listener (registry, &listener, &found);
  wl_display_roundtrip (display);
  wl_registry_destroy (registry);
  wl_display_disconnect (display);

  return found;
}

#else

gboolean
cap_wayland_has_layers (void)
{
  return FALSE;
}

#endif
