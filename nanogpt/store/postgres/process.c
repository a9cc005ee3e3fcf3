/* nanovid: names processes across machines and checks whether they still run
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "process.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "nanogpt/base/boot.h"

/* Fields of /proc/PID/stat, counted from the end of the name, which may be any
 * text. */
#define STATE 1
#define START_TIME 20

/* Returns: (transfer full) (nullable): the start time of a process, "" for one
 * that has ended and still has its number; %NULL if that cannot be read */
static char *
get_start_time (const char *pid)
{
  g_autofree char *path = g_build_filename ("/proc", pid, "stat", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL) || !strrchr (text, ')'))
    return NULL;
  fields = g_strsplit (strrchr (text, ')'), " ", -1);
  if (g_strv_length (fields) <= START_TIME)
    return NULL;
  return g_strdup (strchr ("ZXx", fields[STATE][0]) ? "" : fields[START_TIME]);
}

static char *
make_name (const char *pid, const char *start_time)
{
  const char *boot = nanogpt_boot_get_id ();
  g_autofree char *namespace = g_file_read_link ("/proc/self/ns/pid", NULL);

  if (!boot || !namespace || !start_time)
    return NULL;
  return g_strdup_printf ("%s %s %s %s", boot, namespace, pid, start_time);
}

char *
nanogpt_process_get_name (void)
{
  g_autofree char *pid = g_strdup_printf ("%ld", (long)getpid ());
  g_autofree char *start_time = get_start_time (pid);
  char *name = make_name (pid, start_time);

  /* If the machine does not provide this, no one can tell when this process is
   * gone. */
  return name ? name : g_uuid_string_random ();
}

/* Whether a process that cannot be inspected exists. */
static gboolean
has_pid (const char *pid)
{
  gint64 number = g_ascii_strtoll (pid, NULL, 10);

  return number <= 0 || kill (number, 0) == 0 || errno != ESRCH;
}

NanogptProcessKnown
nanogpt_process_find (const char *name)
{
  g_autofree char *own = nanogpt_process_get_name ();
  g_auto (GStrv) fields = g_strsplit (name, " ", -1);
  g_autofree char *start_time = NULL;
  g_autofree char *now = NULL;

  if (g_str_equal (name, own))
    return NANOGPT_PROCESS_SELF;
  if (g_strv_length (fields) != 4)
    return NANOGPT_PROCESS_UNKNOWN;
  now = make_name (fields[2], fields[3]);
  if (g_strcmp0 (now, name) != 0)
    return NANOGPT_PROCESS_UNKNOWN;
  start_time = get_start_time (fields[2]);
  if (start_time ? g_str_equal (start_time, fields[3]) : has_pid (fields[2]))
    return NANOGPT_PROCESS_ALIVE;
  return NANOGPT_PROCESS_GONE;
}
