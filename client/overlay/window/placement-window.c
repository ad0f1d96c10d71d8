/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright 2026 The captiond contributors */

#include "overlay/window/placement-kinds.h"

#include <glib/gi18n.h>

/* An ordinary window, for desktops that let programs choose nothing. */
struct _CapPlacementWindow
{
  CapPlacement parent_instance;
};

G_DEFINE_FINAL_TYPE (CapPlacementWindow, cap_placement_window, CAP_TYPE_PLACEMENT)

static gboolean works_on (GdkDisplay *display);
static void prepare (CapPlacement *placement, GtkWindow *window);
static void apply (CapPlacement *placement, const CapGeometry *geometry);
static void set_interactive (CapPlacement *placement, gboolean interactive);
static void take_focus (CapPlacement *placement);

/* lifecycle */

static void
cap_placement_window_class_init (CapPlacementWindowClass *klass)
{
  CapPlacementClass *class = CAP_PLACEMENT_CLASS (klass);

  class->name = "window";
  class->advice = N_("This desktop does not keep captions above other windows automatically. Unlock them, "
                     "click on them, press Alt+Space and choose “Always on Top”.");
  class->works_on = works_on;
  class->prepare = prepare;
  class->apply = apply;
  class->set_interactive = set_interactive;
  class->take_focus = take_focus;
}

static void
cap_placement_window_init (CapPlacementWindow *self)
{
}

static gboolean
works_on (GdkDisplay *display)
{
  return TRUE;
}

static void
prepare (CapPlacement *placement, GtkWindow *window)
{
  gtk_window_set_resizable (window, FALSE);
}

static void
apply (CapPlacement *placement, const CapGeometry *geometry)
{
  GtkWidget *content = gtk_window_get_child (cap_placement_get_window (placement));
  g_autoptr (GdkMonitor) monitor = cap_placement_find_monitor (placement, geometry);
  GdkRectangle area;

  if (monitor == NULL)
    return;

  gdk_monitor_get_geometry (monitor, &area);
  gtk_widget_set_size_request (content, cap_geometry_fit (geometry, &area, &area).width, -1);
}

static void
set_interactive (CapPlacement *placement, gboolean interactive)
{
}

static void
take_focus (CapPlacement *placement)
{
  gtk_window_present (cap_placement_get_window (placement));
}
