/* nanovid: finds and loads the module that is linked with libpq
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#define _GNU_SOURCE /* dladdr() */

#include "load-module.h"

#include <dlfcn.h>
#include <glib/gi18n-lib.h>
#include <gmodule.h>

#include "nanogpt/base/error.h"

/* Next to the binary that has this code, installed and in a build tree; where
 * the module is installed; and where the system looks for libraries. */
static const char *const places[] = { "../nanovid", "../nanogpt/store/postgres",
  MODULE_DIR, "" };

/* Of a program, dladdr() has the name by which it was called, which may be
 * anything.
 *
 * Returns: (nullable): the directory of the binary that has this code */
static char *
get_own_dir (void)
{
  Dl_info info;
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  const char *own = program;

  if (dladdr (places, &info) != 0 && info.dli_fname
      && g_path_is_absolute (info.dli_fname))
    own = info.dli_fname;
  return own ? g_path_get_dirname (own) : NULL;
}

/* Returns: (nullable): a path that is never relative to the current directory */
static char *
make_path (const char *own_dir, const char *place)
{
  if (*place == '\0')
    return g_strdup (NANOGPT_LIBPQ_MODULE);
  if (!g_path_is_absolute (place) && !own_dir)
    return NULL;
  if (g_path_is_absolute (place))
    return g_build_filename (place, NANOGPT_LIBPQ_MODULE, NULL);
  return g_build_filename (own_dir, place, NANOGPT_LIBPQ_MODULE, NULL);
}

/* Returns: (nullable): the symbol of the module @path */
static const NanogptLibpq *
load_from (const char *path, GString *messages)
{
  GModule *module = g_module_open (path, G_MODULE_BIND_LOCAL);
  gpointer found = NULL;

  if (module && g_module_symbol (module, NANOGPT_LIBPQ_SYMBOL, &found))
    return found;
  g_string_assign (messages, g_module_error ());
  if (module)
    g_module_close (module);
  return NULL;
}

const NanogptLibpq *
nanogpt_module_load (GError **error)
{
  static GMutex lock;
  static const NanogptLibpq *loaded;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  g_autoptr (GString) message = g_string_new (NULL);
  g_autofree char *own_dir = get_own_dir ();

  for (guint i = 0; !loaded && i < G_N_ELEMENTS (places); i++) {
    g_autofree char *path = make_path (own_dir, places[i]);

    if (path)
      loaded = load_from (path, message);
  }
  if (!loaded)
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_STATE_UNAVAILABLE,
        _ ("A database is named, but nanovid's module for PostgreSQL cannot be "
           "loaded, so nothing was submitted; is the package "
           "gstreamer1.0-nanovid-postgresql installed? (%s)"),
        message->str);
  return loaded;
}
