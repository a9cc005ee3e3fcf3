/* nanovid: the cost of loading an element's plugin
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* load ELEMENT: creates one element in a process that has loaded no plugin
 * before, and prints one JSON object: seconds, and KiB of memory, anonymous and total. */

#include <gst/gst.h>
#include <string.h>

static gint64
get_memory (const char *name)
{
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    g_error ("/proc/self/status cannot be read");
  line = strstr (status, name);
  return g_ascii_strtoll (line + strlen (name), NULL, 10);
}

int
main (int argc, char **argv)
{
  g_autoptr (GstElement) element = NULL;
  gint64 anonymous, resident, start, end;

  gst_init (&argc, &argv);
  if (argc != 2)
    g_error ("usage: load ELEMENT");

  anonymous = get_memory ("RssAnon:");
  resident = get_memory ("VmRSS:");
  start = g_get_monotonic_time ();
  element = gst_element_factory_make (argv[1], NULL);
  end = g_get_monotonic_time ();
  if (!element)
    g_error ("there is no element %s", argv[1]);

  g_print ("{\"wall\": %.6f, \"anonymous\": %" G_GINT64_FORMAT
           ", \"resident\": %" G_GINT64_FORMAT "}\n",
      (end - start) / 1e6, get_memory ("RssAnon:") - anonymous,
      get_memory ("VmRSS:") - resident);
  return 0;
}
